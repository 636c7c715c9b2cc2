package lsp

import (
	"bytes"
	"unicode/utf8"

	"sem.example/internal/source"
)

// editOf is the edit of the part in which two texts of a file differ, widened to whole characters.
func editOf(f *source.File, after []byte) textEdit {
	before := f.Data
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	for start > 0 && start < len(before) && !utf8.RuneStart(before[start]) {
		start--
	}
	end, endAfter := len(before), len(after)
	for end > start && endAfter > start && before[end-1] == after[endAfter-1] {
		end, endAfter = end-1, endAfter-1
	}
	for end < len(before) && !utf8.RuneStart(before[end]) {
		end, endAfter = end+1, endAfter+1
	}
	return textEdit{Range: linesOf(before).between(start, end), NewText: string(after[start:endAfter])}
}

// sameTrees reports whether a text has the same resources as a file, wherever they are in it.
func sameTrees(f *source.File, text []byte) (*source.File, bool) {
	then := &source.File{Name: f.Name, Data: text}
	before, troubles := source.Parse(&source.File{Name: f.Name, Data: f.Data})
	after, more := source.Parse(then)
	if len(before) != len(after) || len(more) > len(troubles) {
		return then, false
	}
	for i := range before {
		if !bytes.Equal(before[i].Tree().AppendJSON(nil), after[i].Tree().AppendJSON(nil)) {
			return then, false
		}
	}
	return then, true
}

// lineEnd is how the lines of a file end.
func lineEnd(f *source.File) string {
	if i := bytes.IndexByte(f.Data, '\n'); i > 0 && f.Data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
