package source

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// start is the offset of a syntax node, which is that of its anchor or tag where it has one.
func (g *treeBuilder) start(y *yaml.Node) int {
	return g.file.offset(int32(y.Line)+g.shift, int32(y.Column))
}

// extent returns the place of a syntax node. The parser gives starts only: the end of a scalar is looked up in the
// text, and that of a list or map (n, already built) is the end of what it holds.
func (g *treeBuilder) extent(y *yaml.Node, n *Node) Range {
	at := g.start(y)
	from := Range{Line: int32(y.Line) + g.shift, Column: int32(y.Column)}
	if behind := properties(g.file.Data, at, y); behind != at {
		from, at = g.move(from, at, behind), behind
		from.Line, from.Column = from.EndLine, from.EndColumn
	}
	if n == nil || y.Kind == yaml.ScalarNode {
		return g.move(from, at, scalarEnd(g.file.Data, at, y))
	}
	return g.container(y, n, from, at)
}

// move sets the end of a range that starts at offset at to offset end.
func (g *treeBuilder) move(r Range, at, end int) Range {
	text := g.file.Data[at:max(at, end)]
	r.EndLine, r.EndColumn = r.Line, r.Column
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		r.EndLine += int32(bytes.Count(text, []byte{'\n'}))
		r.EndColumn, text = 1, text[i+1:]
	}
	end = max(at, end)
	r.EndColumn += int32(g.file.runesBetween(end-len(text), end))
	return r
}

// properties skips the anchor and the tag that are before a value.
func properties(data []byte, at int, y *yaml.Node) int {
	if y.Anchor == "" && y.Style&yaml.TaggedStyle == 0 {
		return at
	}
	for at < len(data) && (data[at] == '&' || data[at] == '!') {
		end := at
		for end < len(data) && !space(data[end]) {
			end++
		}
		next := gap(data, end)
		if next >= len(data) {
			return at
		}
		at = next
	}
	return at
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// gap skips white space and comments.
func gap(data []byte, at int) int {
	for at < len(data) {
		switch c := data[at]; {
		case space(c):
			at++
		case c == '#':
			i := bytes.IndexByte(data[at:], '\n')
			if i < 0 {
				return len(data)
			}
			at += i
		default:
			return at
		}
	}
	return at
}

// scalarEnd returns the offset behind a scalar or alias. A block scalar and a plain one of several lines end with their
// first line: that is where a reader looks.
func scalarEnd(data []byte, at int, y *yaml.Node) int {
	rest := data[at:]
	switch {
	case y.Kind == yaml.AliasNode:
		return at + min(1+len(y.Value), len(rest))
	case y.Kind != yaml.ScalarNode:
		return at
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return at + quoteEnd(rest, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		return at + quoteEnd(rest, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && bytes.HasPrefix(rest, []byte(y.Value)):
		return at + len(y.Value)
	}
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	if i := bytes.Index(line, []byte(" #")); i >= 0 {
		line = line[:i]
	}
	return at + len(bytes.TrimRight(line, " \t\r"))
}

// quoteEnd returns the length of a quoted scalar, quotes included.
func quoteEnd(text []byte, quote byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// container returns the place of a list or map that starts at an offset.
func (g *treeBuilder) container(y *yaml.Node, n *Node, from Range, at int) Range {
	last := Range{EndLine: from.Line, EndColumn: from.Column}
	if k := len(n.Items); k > 0 {
		last = n.Items[k-1].Range
	} else if k := len(n.Fields); k > 0 {
		last = n.Fields[k-1].Value.Range
	}
	if last.EndLine < from.Line || last.EndLine == from.Line && last.EndColumn < from.Column { // written elsewhere, as by a merge
		last.EndLine, last.EndColumn = from.Line, from.Column
	}
	from.EndLine, from.EndColumn = last.EndLine, last.EndColumn
	if y.Style&yaml.FlowStyle == 0 || at >= len(g.file.Data) {
		return from
	}
	end := g.file.offset(last.EndLine, last.EndColumn)
	if end == at {
		end++ // the opening bracket of an empty one
	}
	closing := end
	for closing < len(g.file.Data) && g.file.Data[closing] != ']' && g.file.Data[closing] != '}' {
		if next := gap(g.file.Data, closing); next != closing {
			closing = next
			continue
		}
		if g.file.Data[closing] != ',' {
			return from
		}
		closing++
	}
	if closing < len(g.file.Data) {
		return g.move(Range{Line: from.Line, Column: from.Column}, at, closing+1)
	}
	return from
}
