package source

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/lazy"
)

// secretKind finds where a text names itself a Secret, in YAML, JSON and CUE.
var secretKind = lazy.Regexp(`(?m)["']?\bkind["']?[ \t]*:[ \t]*["']?Secret(?:["']|[\s,}\]#]|$)`)

// mask replaces the characters of a line that are in spans; the line begins at an offset.
func mask(line string, from int, hidden []span) string {
	var out strings.Builder
	done := 0
	for _, s := range hidden {
		start, end := max(s.start-from, done), min(s.end-from, len(line))
		if start < end {
			out.WriteString(line[done:start])
			out.WriteString(strings.Repeat("*", len([]rune(line[start:end]))))
			done = end
		}
	}
	return out.String() + line[done:]
}

func (f *File) secretsIn() (out secretSpans) {
	found := secretKind().FindAllIndex(f.Data, -1)
	for len(found) > 0 {
		document := f.documentAround(found[0][0])
		n := slices.IndexFunc(found, func(m []int) bool { return !document.holds(m[0]) })
		if n < 0 {
			n = len(found)
		}
		out.documents = append(out.documents, document)
		out.objects = append(out.objects, f.secretObjects(document, found[:n])...)
		found = found[n:]
	}
	return out
}

// secretObjects are the parts of a document that are Secrets, by the places that say so, in order.
func (f *File) secretObjects(document span, found [][]int) []span {
	if filepath.Ext(f.Name) == ".cue" {
		return []span{document}
	}
	var out []span
	var inline []int
	for _, m := range found {
		line := f.before(m[0])
		before := string(f.Data[f.lines[line]:m[0]])
		switch {
		case strings.Trim(before, " -") != "":
			inline = append(inline, m[0])
		case len(out) == 0 || !out[len(out)-1].holds(m[0]):
			out = append(out, f.block(line, len(before), document))
		}
	}
	out = append(out, f.braces(document, inline)...)
	slices.SortFunc(out, func(a, b span) int { return a.start - b.start })
	return out
}

// block is the mapping that has a key in a column of a line: the lines around it that are indented as deep.
func (f *File) block(line, column int, within span) span {
	first := line
	for f.lines[first] > within.start {
		if dash, key := f.columns(first); dash < column && key == column {
			break
		}
		if dash, key := f.columns(first - 1); dash < column && key != column {
			break
		}
		first--
	}
	last := line
	for last+1 < len(f.lines) && f.lines[last+1] < within.end {
		if dash, _ := f.columns(last + 1); dash < column {
			break
		}
		last++
	}
	return span{f.lines[first], f.end(last + 1)}
}

// columns are where the text of a line begins, and where it begins behind the dashes of list items. A line without text
// is indented deeper than any.
func (f *File) columns(line int) (dash, key int) {
	text := strings.TrimRight(string(f.Data[f.lines[line]:f.end(line+1)]), " \t\r\n")
	if text == "" {
		return math.MaxInt, math.MaxInt
	}
	return len(text) - len(strings.TrimLeft(text, " ")), len(text) - len(strings.TrimLeft(text, " -"))
}

// documentAround is the document around an offset, of a file that may hold several.
func (f *File) documentAround(at int) span {
	f.once.Do(f.scan)
	if filepath.Ext(f.Name) == ".cue" {
		return span{0, len(f.Data) + 1}
	}
	first := f.before(at)
	last := first
	for first > 0 && !f.separates(first) {
		first--
	}
	for last+1 < len(f.lines) && !f.separates(last+1) {
		last++
	}
	end := f.end(last + 1)
	if end == len(f.Data) {
		end++ // the place behind the last character
	}
	return span{f.lines[first], end}
}

// separates reports whether a line, counted from 0, separates documents.
func (f *File) separates(line int) bool {
	return bytes.HasPrefix(f.Data[f.lines[line]:], []byte("---"))
}

// braces are the innermost pairs of braces around offsets, in order; the whole document where there is none.
func (f *File) braces(document span, around []int) (out []span) {
	var open []int
	quoted := false
	for i := document.start; i < min(document.end, len(f.Data)) && len(around) > 0; i++ {
		switch c := f.Data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			open = append(open, i)
		case c == '}' && len(open) > 0:
			start := open[len(open)-1]
			open = open[:len(open)-1]
			first, _ := slices.BinarySearch(around, start)
			last, _ := slices.BinarySearch(around, i)
			if first < last {
				out = append(out, span{start, i + 1})
				around = slices.Delete(around, first, last)
			}
		}
	}
	if len(around) > 0 {
		return []span{document}
	}
	return out
}
