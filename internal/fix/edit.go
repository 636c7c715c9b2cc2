package fix

import (
	"bytes"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// An edit puts a text in place of the bytes from start to end.
type edit struct {
	start, end int
	text       string
}

// overlaps reports whether two edits are about the same bytes, or about the same place between two.
func (e edit) overlaps(o edit) bool {
	return e.start < o.end && o.start < e.end || e.start == o.start || e.start == e.end && e.start == o.end || o.start == o.end && o.start == e.end
}

// edited returns a text with edits, which do not overlap.
func edited(text []byte, edits []edit) []byte {
	sorted := slices.SortedFunc(slices.Values(edits), func(a, b edit) int { return a.start - b.start })
	var out []byte
	at := 0
	for _, e := range sorted {
		out = append(append(out, text[at:e.start]...), e.text...)
		at = e.end
	}
	return append(out, text[at:]...)
}

// A page is a file that is edited.
type page struct {
	file *source.File
	root *source.Node // of the document at hand
}

// edits are those that make a change; none where it cannot be made in this text.
func (p page) edits(c diag.Change) []edit {
	steps := source.Steps(c.At.Field)
	if len(steps) == 0 {
		return nil
	}
	at := source.Field{Value: p.root}
	for i, step := range steps {
		holder := at.Value
		next, ok := into(holder, step)
		switch {
		case ok:
			at = next
		case c.Value == nil || c.Key != "":
			return nil
		default:
			return p.add(holder, steps[i:], c.Value)
		}
	}
	if c.Remove {
		return p.remove(steps)
	}
	return p.change(at, c)
}

// into follows a step from a value.
func into(n *source.Node, s source.Step) (source.Field, bool) {
	if s.Key == "" && n.Kind == source.List && s.Index < len(n.Items) {
		return source.Field{Value: n.Items[s.Index]}, true
	}
	for _, f := range n.Fields {
		if s.Key != "" && f.Key == s.Key {
			return f, true
		}
	}
	return source.Field{}, false
}

// change writes another key, another value, or both.
func (p page) change(at source.Field, c diag.Change) []edit {
	var edits []edit
	replace := func(r source.Range, n *source.Node) {
		start, end := p.file.Span(r)
		old := string(p.file.Data[start:end])
		edits = append(edits, edit{start, end, p.writer(at.Range).like(old, n)})
	}
	if c.Key != "" {
		replace(at.Range, source.Text(c.Key))
	}
	if c.Value != nil {
		replace(at.Value.Range, c.Value)
	}
	return edits
}

// writer writes in the style of a key: where keys have quotes, strings have them as well.
func (p page) writer(key source.Range) writer {
	start, end := p.file.Span(key)
	return writer{quoted: p.file.IsJSON() || bytes.HasPrefix(p.file.Data[start:end], []byte{'"'})}
}

// add writes a field, and the maps around it that are not there, to a map: behind its first field that has a line to itself, or else
// before the last one.
func (p page) add(n *source.Node, steps []source.Step, value *source.Node) []edit {
	for _, s := range slices.Backward(steps[1:]) {
		value = source.MapOf(s.Key, value)
	}
	if n.Kind != source.Map || len(n.Fields) == 0 || slices.ContainsFunc(steps, func(s source.Step) bool { return s.Key == "" }) {
		return nil
	}
	next := n.Fields[len(n.Fields)-1].Range
	w := p.writer(next)
	if line := p.afterLine(n); line > 0 {
		indent := strings.Repeat(" ", int(next.Column)-1)
		return []edit{{line, line, indent + w.text(steps[0].Key) + ": " + w.value(value) + p.lineEnd(line-1)}}
	}
	at, _ := p.file.Span(next)
	text := w.text(steps[0].Key) + ": " + w.value(value)
	if p.flow(n) {
		return []edit{{at, at, text + "," + p.gapBefore(at)}}
	}
	return []edit{{at, at, text + p.lineEnd(at) + strings.Repeat(" ", int(next.Column)-1)}}
}

// afterLine is the offset behind the line of the first field of a map that ends with its line; 0 where there is none.
func (p page) afterLine(n *source.Node) int {
	if p.flow(n) {
		return 0
	}
	for _, f := range n.Fields {
		_, end := p.file.Span(f.Value.Range)
		length := bytes.IndexByte(p.file.Data[end:], '\n')
		if f.Value.Kind >= source.List || f.Value.Range.Line != f.Range.Line || f.Value.Range.EndLine != f.Range.Line || length < 0 {
			continue
		}
		if rest := bytes.TrimSpace(p.file.Data[end : end+length]); len(rest) == 0 || rest[0] == '#' {
			return end + length + 1
		}
	}
	return 0
}

// flow reports whether a map is written in braces.
func (p page) flow(n *source.Node) bool {
	start, _ := p.file.Span(n.Range)
	return start < len(p.file.Data) && p.file.Data[start] == '{'
}

// gapBefore is the white space before a place if there is a line end in it, otherwise a space.
func (p page) gapBefore(at int) string {
	gap := p.file.Data[len(bytes.TrimRight(p.file.Data[:at], " \t\r\n")):at]
	if bytes.ContainsAny(gap, "\n\r") {
		return string(gap)
	}
	return " "
}

// lineEnd is how the line of a place ends; that of the first line where it is the last.
func (p page) lineEnd(at int) string {
	rest := p.file.Data[lineStart(p.file.Data, at):]
	line, _, more := bytes.Cut(rest, []byte{'\n'})
	if !more {
		line, _, _ = bytes.Cut(p.file.Data, []byte{'\n'})
	}
	if bytes.HasSuffix(line, []byte{'\r'}) {
		return "\r\n"
	}
	return "\n"
}
