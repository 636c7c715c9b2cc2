package source

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// A File is one input: its name as the user gave it, and its bytes, which excerpts are cut from.
type File struct {
	Name string
	Data []byte

	Suppressions []Suppression // by line

	rereading sync.Mutex // see Document.Tree

	once  sync.Once
	lines []int // offset of the first byte of each line
	ascii bool
	runes []int32 // characters that begin before each block of bytes; nil where every character is a byte

	findSecrets sync.Once
	secrets     secretSpans
}

// Line returns the text of a line, counted from 1, without its end; "" where the file has no such line.
func (f *File) Line(n int) string {
	f.once.Do(f.scan)
	if n < 1 || n > len(f.lines) {
		return ""
	}
	line := f.Data[f.lines[n-1]:f.end(n)]
	return string(bytes.TrimRight(line, "\r\n"))
}

// Count is how many lines the file has.
func (f *File) Count() int {
	f.once.Do(f.scan)
	if f.lines[len(f.lines)-1] == len(f.Data) {
		return len(f.lines) - 1
	}
	return len(f.lines)
}

// end is the offset behind a line and its end.
func (f *File) end(line int) int {
	if line < len(f.lines) {
		return f.lines[line]
	}
	return len(f.Data)
}

func (f *File) scan() {
	f.ascii = true
	f.lines = make([]int, 1, 1+bytes.Count(f.Data, []byte{'\n'}))
	f.lines[0] = len(bom(f.Data))
	for i, c := range f.Data {
		if c >= utf8.RuneSelf {
			f.ascii = false
		}
		if c == '\n' || (c == '\r' || c >= utf8.RuneSelf) && breaks(f.Data[:i+1], f.Data[i+1:]) {
			f.lines = append(f.lines, i+1)
		}
	}
	if !f.ascii {
		f.countRunes()
	}
}

// breaks reports whether a text ends with one of the rarer line breaks of YAML: a carriage return alone, or Unicode's next
// line, line separator and paragraph separator.
func breaks(text, rest []byte) bool {
	if text[len(text)-1] == '\r' {
		return !bytes.HasPrefix(rest, []byte{'\n'})
	}
	return bytes.HasSuffix(text, []byte("\u0085")) || bytes.HasSuffix(text, []byte("\u2028")) || bytes.HasSuffix(text, []byte("\u2029"))
}

// offset is where a line and column (in characters, both from 1) are in the bytes.
func (f *File) offset(line, column int32) int {
	f.once.Do(f.scan)
	if line < 1 || int(line) > len(f.lines) {
		return len(f.Data)
	}
	at, end := f.lines[line-1], f.end(int(line))
	if f.ascii {
		return min(at+int(column)-1, end)
	}
	return min(f.forward(at, int(column)-1), end)
}

// text is what is in a range.
func (f *File) text(r Range) string {
	start, end := f.Span(r)
	return string(f.Data[start:end])
}

// Span is where a range begins and ends in the bytes; nowhere (0, 0) where it is unknown.
func (f *File) Span(r Range) (start, end int) {
	if !r.Known() {
		return 0, 0
	}
	start = f.offset(r.Line, r.Column)
	return start, max(start, f.offset(r.EndLine, r.EndColumn))
}

// span is the range between two offsets, widened to whole characters.
func (f *File) span(start, end int) Range {
	start, end = min(start, len(f.Data)), min(end, len(f.Data))
	for start > 0 && start < len(f.Data) && !utf8.RuneStart(f.Data[start]) {
		start--
	}
	for end < len(f.Data) && !utf8.RuneStart(f.Data[end]) {
		end++
	}
	var r Range
	r.Line, r.Column = f.position(start)
	r.EndLine, r.EndColumn = f.position(max(start, end))
	return r
}

// position is the line and column of an offset.
func (f *File) position(offset int) (line, column int32) {
	i := f.before(offset)
	return int32(i + 1), int32(f.runesBetween(min(f.lines[i], offset), offset)) + 1
}

// before is how many lines end before an offset.
func (f *File) before(offset int) int {
	f.once.Do(f.scan)
	return max(sort.SearchInts(f.lines, offset+1)-1, 0)
}

// bom returns the UTF-8 byte order mark that data begins with, if any.
func bom(data []byte) []byte {
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(data, mark) {
		return mark
	}
	return nil
}

// A span is a part of a file's bytes.
type span struct{ start, end int }

func (s span) holds(at int) bool { return s.start <= at && at < s.end }

// secretSpans are the parts of a file that are Secrets, and the documents that they stand in.
type secretSpans struct{ objects, documents []span }
