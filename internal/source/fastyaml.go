package source

import (
	"strings"
	"unicode/utf8"
)

// A fastReader reads the part of YAML that people write by hand: block maps and lists, scalars and brackets on one
// line, comments. It is some ten times faster than a whole parser and gives the very same tree. Whatever it does not know
// for certain (anchors, tags, folded text, tabs, mistakes, …) makes it give up, and the parser reads the
// document instead.
type fastReader struct {
	text  string // of the document
	ascii bool

	at     int   // offset of the line after the current one
	line   int32 // number of the current line
	start  int   // offset of its first character
	first  int   // offset of its first character that is not a space, or of what is read next
	end    int   // offset behind its last character, spaces and comments included
	done   bool  // there is no current line
	failed bool

	arena *arena
	depth int
}

// fastTree returns the tree of a document, or nil where the document takes a whole parser.
func fastTree(text string, base int32, s *arena) *Node {
	q := fastReader{text: text, line: base, arena: s}
	if !q.supported() {
		return nil
	}
	q.next()
	if !q.done && strings.HasPrefix(q.text[q.start:q.end], "---") {
		if !q.restIsBlank(q.start + 3) {
			return nil
		}
		q.next()
	}
	if q.done || q.failed {
		return nil
	}
	n := q.block()
	if q.failed || !q.done {
		return nil
	}
	return n
}

// supported reports whether the text has only characters whose meaning is plain.
func (q *fastReader) supported() bool {
	q.ascii = true
	for i := 0; i < len(q.text); i++ {
		c := q.text[i]
		switch {
		case c >= utf8.RuneSelf:
			q.ascii = false
			// Control characters, line breaks and the byte order mark of Unicode begin with these bytes.
			if c == 0xc2 && q.text[i+1] < 0xa0 || c == 0xe2 && q.text[i+1] == 0x80 && q.text[i+2]&^1 == 0xa8 || c == 0xef {
				return false
			}
		case c == '\r':
			if i+1 == len(q.text) || q.text[i+1] != '\n' {
				return false
			}
		case c < ' ' && c != '\n' || c == 0x7f:
			return false
		}
	}
	return true
}

// longLine is the length of a line, in bytes, from which on its characters are not counted from its beginning.
const longLine = 4 << 10

func (q *fastReader) fail() *Node {
	q.failed = true
	return nil
}

// next moves to the next line that holds more than a comment.
func (q *fastReader) next() {
	for q.at < len(q.text) {
		q.start, q.line = q.at, q.line+1
		q.end = len(q.text)
		if i := strings.IndexByte(q.text[q.at:], '\n'); i >= 0 {
			q.end = q.at + i
		}
		q.at = q.end + 1
		if q.end > q.start && q.text[q.end-1] == '\r' {
			q.end--
		}
		if !q.ascii && q.end-q.start > longLine {
			q.failed = true
			return
		}
		q.first = q.skip(q.start)
		if q.first < q.end && q.text[q.first] != '#' {
			if q.first == q.start && (q.text[q.first] == '%' || q.end-q.start >= 3 && q.text[q.start:q.start+3] == "...") {
				q.failed = true
			}
			return
		}
	}
	q.done, q.first, q.start = true, 0, 0
}

// skip returns the offset of the next character of the line that is not a space.
func (q *fastReader) skip(at int) int {
	for at < q.end && q.text[at] == ' ' {
		at++
	}
	return at
}

// restIsBlank reports whether the line has nothing but space and a comment from an offset on.
func (q *fastReader) restIsBlank(at int) bool {
	next := q.skip(at)
	return next == q.end || next > at && q.text[next] == '#'
}

// indent is how deep the current line, or what is left of it, is indented; -1 at the end of the text.
func (q *fastReader) indent() int {
	if q.done {
		return -1
	}
	return q.first - q.start
}

// dash reports whether an item of a list begins here.
func (q *fastReader) dash() bool {
	return !q.done && q.text[q.first] == '-' && (q.first+1 == q.end || q.text[q.first+1] == ' ')
}

// block reads the list or map that begins here.
func (q *fastReader) block() *Node {
	if q.depth++; q.depth > maxDepth/2 {
		return q.fail()
	}
	defer func() { q.depth-- }()
	if q.dash() {
		return q.list()
	}
	return q.fields()
}

func (q *fastReader) list() *Node {
	n, indent := q.node(List), q.indent()
	n.Range.Line, n.Range.Column = q.line, q.column(q.first)
	for !q.failed && q.indent() == indent && q.dash() {
		item := q.item()
		if q.failed || q.indent() > indent {
			return q.fail()
		}
		n.Items = append(n.Items, item)
		n.Range.EndLine, n.Range.EndColumn = item.Range.EndLine, item.Range.EndColumn
	}
	return n
}

// item reads what is behind a dash: a scalar, or a block that begins on the same line or on the next.
func (q *fastReader) item() *Node {
	indent := q.indent()
	if q.restIsBlank(q.first + 1) {
		if q.next(); q.indent() <= indent {
			return q.fail()
		}
		return q.block()
	}
	q.first = q.skip(q.first + 1)
	if _, _, ok := q.key(); ok || q.dash() {
		return q.block()
	}
	return q.inline(indent)
}

func (q *fastReader) fields() *Node {
	n, indent := q.node(Map), q.indent()
	n.Range.Line, n.Range.Column = q.line, q.column(q.first)
	set := fieldset{fields: make([]Field, 0, 4)}
	for !q.failed && q.indent() == indent && !q.dash() {
		f := q.field(indent)
		if q.failed || q.indent() > indent || set.find(f.Key) != nil {
			return q.fail()
		}
		set.set(f)
		n.Range.EndLine, n.Range.EndColumn = f.Value.Range.EndLine, f.Value.Range.EndColumn
	}
	if len(set.fields) == 0 || q.indent() == indent && q.dash() && indent == 0 {
		return q.fail()
	}
	n.Fields = set.fields
	return n
}

// field reads a key and its value, of a map that is indented so deep.
func (q *fastReader) field(indent int) Field {
	key, end, ok := q.key()
	if !ok {
		q.failed = true
		return Field{}
	}
	f := Field{Key: key, Range: q.span(q.first, end)}
	colon := end + 1
	if !q.restIsBlank(colon) {
		q.first = q.skip(colon)
		f.Value = q.inline(indent)
		return f
	}
	switch q.next(); {
	case q.indent() > indent || q.indent() == indent && q.dash():
		f.Value = q.block()
	default:
		f.Value = q.node(Null)
		f.Value.Range = f.Range
	}
	return f
}

// inline reads what begins behind a key or a dash of a block that is indented so deep: a scalar or a bracket that ends on
// its line, or a literal block. It moves to the next line.
func (q *fastReader) inline(indent int) *Node {
	if q.text[q.first] == '|' {
		return q.literal(indent)
	}
	n, end := q.flow(q.first, false)
	if n == nil || !q.restIsBlank(end) {
		return q.fail()
	}
	q.next()
	return n
}

func (q *fastReader) node(kind Kind) *Node {
	n := q.arena.node()
	n.Kind = kind
	return n
}

// column is the column of an offset in the current line.
func (q *fastReader) column(at int) int32 {
	if q.ascii {
		return int32(at - q.start + 1)
	}
	return int32(utf8.RuneCountInString(q.text[q.start:at]) + 1)
}

// span is the range between two offsets in the current line.
func (q *fastReader) span(from, to int) Range {
	return Range{Line: q.line, Column: q.column(from), EndLine: q.line, EndColumn: q.column(to)}
}
