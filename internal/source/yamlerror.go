package source

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sem.example/internal/lazy"
)

// A complaint puts one of the YAML parser's messages into the words of a user.
type complaint struct {
	parser  string // part of the parser's message
	message string
	help    string
	trouble Trouble
	token   bool // the whole word at the place is meant, rather than one character
}

// complaints are looked through in order.
var complaints = []complaint{
	{parser: "unknown anchor", message: "the alias has no anchor", trouble: BadAnchor, token: true,
		help: "put the value in quotes if it is meant to begin with *, or set the anchor with & before it is used"},
	{parser: "alphabetic or numeric character", message: "a name must follow the * or & that begins a plain value", trouble: Syntax, token: true,
		help: "put the value in quotes: * and & begin an alias and an anchor"},
	{parser: "exceeded max depth", message: "the document is nested too deep", trouble: TooComplex},
	{parser: "violates indentation", message: "a tab indents this line", trouble: TabIndent, help: "indent with spaces"},
	{parser: "an indentation space is expected", message: "a tab indents this line", trouble: TabIndent, help: "indent with spaces"},
	{parser: "mapping values are not allowed", message: "a \":\" does not belong here", trouble: Syntax,
		help: "put the value in quotes if it holds a \":\", and check the indentation of this line against the one above"},
	{parser: "block sequence entries", message: "a list cannot begin here", trouble: Syntax, help: "begin the list on a new line"},
	{parser: "expected key", message: "this does not line up with the keys around it", trouble: Syntax, token: true,
		help: "keys of one map begin in the same column; nothing may follow the closing quote or bracket of a value"},
	{parser: "expected '-' indicator", message: "this does not line up with the list above it", trouble: Syntax, token: true,
		help: "begin an item with \"- \", or indent the line as the list's owner"},
	{parser: "could not find expected ':'", message: "a key without \":\"", trouble: Syntax, token: true,
		help: "write \"key: value\"; a text of several lines is indented deeper than its key"},
	{parser: "unexpected end of stream", message: "the quote that opens here is never closed", trouble: Syntax, help: "close the quote"},
	{parser: "expected ',' or ']'", message: "the list that opens here is not closed, or lacks a comma", trouble: Syntax, help: "close it with ], and separate its items with commas"},
	{parser: "expected ',' or '}'", message: "the map that opens here is not closed, or lacks a comma", trouble: Syntax, help: "close it with }, and separate its entries with commas"},
	{parser: "cannot start any token", message: "a plain value cannot begin with this character", trouble: Syntax, help: "put the value in quotes"},
	{parser: "unknown escape", message: "a backslash and this character mean nothing in double quotes", trouble: Syntax, help: "write \\\\ for a backslash, or use single quotes"},
	{parser: "hexdecimal number", message: "hexadecimal digits must follow this escape", trouble: Syntax, help: "write \\\\ for a backslash, or use single quotes"},
	{parser: "expected node content", message: "a value is missing here", trouble: Syntax, token: true},
	{parser: "control characters", message: "the file holds control characters", trouble: NotText},
}

var yamlLine = lazy.Regexp(`^yaml: (?:line (\d+): )?`)

// said is the YAML parser's message without the line, which is often that of something else.
func said(err error) string {
	message := err.Error()
	return message[len(yamlLine().FindString(message)):]
}

// syntax reports a mistake that the YAML parser met in a document.
func (c *content) syntax(ch chunk, err error) {
	message := said(err)
	about := complaint{message: "not valid YAML: " + message, trouble: Syntax}
	for _, known := range complaints {
		if strings.Contains(message, known.parser) {
			about = known
			break
		}
	}
	at := blame(ch.text, err)
	switch {
	case tabbed(ch.text, at):
		about = complaint{message: "a tab indents this line", trouble: TabIndent, help: "indent with spaces"}
		at = lineStart(ch.text, at) + bytes.IndexByte(ch.text[lineStart(ch.text, at):], '\t')
	case conflict(ch.text) >= 0:
		at = conflict(ch.text)
		about = complaint{message: "a merge conflict was left in the file", trouble: Syntax, token: true, help: "resolve the conflict"}
	case template(ch.text) >= 0:
		c.template(ch, template(ch.text))
		return
	}
	start, end := at, min(at+1, len(ch.text))
	switch {
	case about.token:
		start, end = word(ch.text, at)
	case strings.HasPrefix(about.parser, "expected ','"):
		start = opening(ch.text[:at])
		end = start + 1
	}
	base := c.base(ch)
	c.problems = append(c.problems, Problem{
		Trouble: about.trouble, File: c.file, Range: c.file.span(base+start, base+end), Message: about.message, Help: about.help,
	})
}

// base is the offset of a document in its file.
func (c *content) base(ch chunk) int { return ch.at }

// patience is how much text is parsed again and again to find a mistake in it; that takes half a second at most.
const patience = 1 << 18

// blame returns the offset at which a text goes wrong. The parser tells at best the line where it began what it could
// not finish, so the shortest text is sought, by lines and then by bytes, that draws the same complaint.
func blame(text []byte, err error) int {
	if len(text) > patience {
		return reported(text, err)
	}
	message := said(err)
	ends := []int{}
	for at := 0; at < len(text); {
		i := bytes.IndexByte(text[at:], '\n') + 1
		if i == 0 {
			i = len(text) - at
		}
		at += i
		ends = append(ends, at)
	}
	fails := func(end int) bool {
		var n yaml.Node
		err := yaml.Unmarshal(text[:end], &n)
		return err != nil && said(err) == message
	}
	line := sort.Search(len(ends), func(i int) bool { return fails(ends[i]) })
	if line == len(ends) {
		return 0
	}
	start := 0
	if line > 0 {
		start = ends[line-1]
	}
	return start + max(0, sort.Search(ends[line]-start, func(i int) bool { return fails(start + i) })-1)
}

// reported returns the offset of the line that the parser names.
func reported(text []byte, err error) int {
	at := 0
	line, _ := strconv.Atoi(yamlLine().FindStringSubmatch(err.Error() + " ")[1])
	for ; line > 1 && at < len(text); line-- {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return at
}

func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

// tabbed reports whether the line of an offset is indented with a tab.
func tabbed(text []byte, at int) bool {
	line := text[lineStart(text, at):]
	return bytes.IndexByte(line[:len(line)-len(bytes.TrimLeft(line, " \t"))], '\t') >= 0
}

// conflict returns the offset of the first marker of a merge conflict, or -1.
func conflict(text []byte) int {
	if bytes.HasPrefix(text, []byte("<<<<<<< ")) {
		return 0
	}
	if i := bytes.Index(text, []byte("\n<<<<<<< ")); i >= 0 {
		return i + 1
	}
	return -1
}

// word returns the ends of the word at an offset.
func word(text []byte, at int) (start, end int) {
	for at > 0 && (at == len(text) || space(text[at])) {
		at--
	}
	start, end = at, at
	for start > 0 && !space(text[start-1]) {
		start--
	}
	for end < len(text) && !space(text[end]) {
		end++
	}
	return start, end
}

// opening returns the offset of the last bracket of a text that is not closed in it.
func opening(text []byte) int {
	closed := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ']', '}':
			closed++
		case '[', '{':
			if closed == 0 {
				return i
			}
			closed--
		}
	}
	return 0
}

// template returns the offset of the first "{{" outside of comments, or -1.
func template(text []byte) int {
	at := 0
	for line := range bytes.Lines(text) {
		code := line
		if i := bytes.IndexByte(line, '#'); i >= 0 && (i == 0 || space(line[i-1])) {
			code = line[:i]
		}
		if i := bytes.Index(code, []byte("{{")); i >= 0 && !workflowTag().Match(code[i:]) {
			return at + i
		}
		at += len(line)
	}
	return -1
}

// workflowTag matches the text that Argo fills in when a workflow or an analysis runs: it belongs into a resource.
var workflowTag = lazy.Regexp(`^\{\{ ?(?:=|(?:args|inputs|outputs|steps|tasks|workflow)\.[^}|]*\}\})`)

// template reports, once a file, that it is a template.
func (c *content) template(ch chunk, at int) {
	if c.templated {
		return
	}
	c.templated = true
	line := ch.text[at:]
	end := bytes.Index(line, []byte("}}"))
	if i := bytes.IndexByte(line, '\n'); end < 0 || i >= 0 && end > i {
		end = 0
	}
	base := c.base(ch)
	c.problems = append(c.problems, Problem{
		Trouble: Template, File: c.file, Range: c.file.span(base+at, base+at+end+2),
		Message: fmt.Sprintf("the file is a template: %q was not filled in", line[:end+2]),
		Help:    "render it first, for example with: helm template CHART | sem validate -",
	})
}
