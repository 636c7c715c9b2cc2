package lsp

import (
	"bytes"
	"slices"
	"sort"
	"unicode/utf8"

	"sem.example/internal/source"
)

// lines are a text with the offsets at which its lines begin. A line of an editor ends at a line feed, a carriage return, or both;
// those of YAML end at more characters, so places go from one to the other by offsets of bytes.
type lines struct {
	text   []byte
	starts []int
}

func linesOf(text []byte) lines {
	starts := make([]int, 0, bytes.Count(text, []byte("\n"))+1)
	return lines{text, startsIn(append(starts, len(markOf(text))), text, 0, len(text))}
}

// startsIn appends the offsets of the lines that begin behind an offset of a text, up to another.
func startsIn(starts []int, text []byte, from, to int) []int {
	for i := from; i < to; i++ {
		if c := text[i]; c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// replace replaces the text between two offsets, in place. Only the lines that it touches are looked at again.
func (l lines) replace(start, end int, by string) lines {
	first := max(0, sort.SearchInts(l.starts, start)-1) // which may end in a carriage return before the change
	behind := sort.SearchInts(l.starts, end+1)
	grown := len(by) - (end - start)
	text := slices.Replace(l.text, start, end, []byte(by)...)
	for i := behind; i < len(l.starts); i++ {
		l.starts[i] += grown
	}
	to := len(text)
	if behind < len(l.starts) {
		to = l.starts[behind] - 1
	}
	if first == 0 {
		l.starts[0] = len(markOf(text))
	}
	between := startsIn(nil, text, l.starts[first], to)
	return lines{text, slices.Replace(l.starts, first+1, max(first+1, behind), between...)}
}

// markOf is the byte order mark that a text begins with. Editors do not count it.
func markOf(text []byte) []byte {
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(text, mark) {
		return mark
	}
	return nil
}

// end is the offset behind the last character of a line, without what ends the line.
func (l lines) end(line int) int {
	end := len(l.text)
	if line+1 < len(l.starts) {
		end = l.starts[line+1]
	}
	return l.starts[line] + len(bytes.TrimRight(l.text[l.starts[line]:end], "\r\n"))
}

// offset is where a position is in the bytes; one behind the end of its line is that end.
func (l lines) offset(p position) int {
	switch {
	case p.Line < 0:
		return l.starts[0]
	case p.Line >= len(l.starts):
		return len(l.text)
	}
	at, end := l.starts[p.Line], l.end(p.Line)
	for units := 0; at < end && units < p.Character; {
		r, size := utf8.DecodeRune(l.text[at:end])
		if units += unitsOf(r); units > p.Character {
			break // in the middle of a character
		}
		at += size
	}
	return at
}

// position is the position of an offset.
func (l lines) position(offset int) position {
	offset = min(max(offset, l.starts[0]), len(l.text))
	line := sort.SearchInts(l.starts, offset+1) - 1
	p := position{Line: line}
	for at := l.starts[line]; at < offset; {
		r, size := utf8.DecodeRune(l.text[at:])
		at += size
		p.Character += unitsOf(r)
	}
	return p
}

// unitsOf is how many UTF-16 code units a character takes.
func unitsOf(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// between is the range between two offsets.
func (l lines) between(start, end int) textRange {
	return textRange{l.position(start), l.position(end)}
}

// rangeIn is a range of a file as editors have it. One that is not known is the beginning of the file.
func (s *snapshot) rangeIn(f *source.File, r source.Range) textRange {
	if f == nil || !r.Known() {
		return textRange{}
	}
	start, end := f.Span(r)
	l := s.lines.Get(f, func() lines { return linesOf(f.Data) })
	return l.between(start, end)
}
