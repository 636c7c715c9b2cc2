package fix

import (
	"bytes"

	"sem.example/internal/source"
)

// remove takes a field away, and the maps that it leaves empty.
func (p page) remove(steps []source.Step) []edit {
	holders := []*source.Node{p.root}
	for _, s := range steps {
		f, _ := into(holders[len(holders)-1], s)
		holders = append(holders, f.Value)
	}
	last := len(steps) - 1
	for last > 0 && len(holders[last].Fields) == 1 && steps[last-1].Key != "" {
		last--
	}
	holder := holders[last]
	if steps[last].Key == "" || len(holder.Fields) < 2 {
		return nil
	}
	for i, f := range holder.Fields {
		switch {
		case f.Key != steps[last].Key:
		case p.flow(holder):
			return []edit{p.removeInBraces(holder, i)}
		default:
			return p.removeLines(f)
		}
	}
	return nil
}

// removeInBraces takes a field of a map in braces away, with the comma that goes with it.
func (p page) removeInBraces(n *source.Node, i int) edit {
	start, _ := p.file.Span(n.Fields[i].Range)
	if i+1 < len(n.Fields) {
		end, _ := p.file.Span(n.Fields[i+1].Range)
		return edit{start, end, ""}
	}
	_, start = p.file.Span(n.Fields[i-1].Value.Range)
	_, end := p.file.Span(n.Fields[i].Value.Range)
	return edit{start, end, ""}
}

// removeLines takes the lines of a field away, if nothing else is on them.
func (p page) removeLines(f source.Field) []edit {
	data := p.file.Data
	start, _ := p.file.Span(f.Range)
	_, end := p.file.Span(f.Value.Range)
	from := lineStart(data, start)
	to := end
	if i := bytes.IndexByte(data[end:], '\n'); i >= 0 {
		to = end + i + 1
	} else {
		to = len(data)
	}
	behind := bytes.TrimSpace(data[end:to])
	if len(bytes.TrimSpace(data[from:start])) > 0 || len(behind) > 0 && behind[0] != '#' {
		return nil
	}
	return []edit{{from, to, ""}}
}

// removeComment takes a comment away, with its line where nothing else is on it.
func removeComment(f *source.File, at source.Range) []edit {
	start, end := f.Span(at)
	from := lineStart(f.Data, start)
	if len(bytes.TrimSpace(f.Data[from:start])) > 0 {
		return []edit{{len(bytes.TrimRight(f.Data[:start], " \t")), end, ""}}
	}
	if i := bytes.IndexByte(f.Data[end:], '\n'); i >= 0 {
		return []edit{{from, end + i + 1, ""}}
	}
	return []edit{{from, len(f.Data), ""}}
}

// lineStart is the offset at which the line of an offset begins.
func lineStart(data []byte, at int) int { return bytes.LastIndexByte(data[:at], '\n') + 1 }
