package source

import "bytes"

// A chunk is the text of one document of a YAML stream.
type chunk struct {
	text []byte
	line int32 // of the file, before the first of the text
}

// split cuts a YAML stream at its document markers. YAML forbids a marker at the start of a line anywhere inside a
// document, even in quotes, so that lines alone tell; a mistake in one document then does not hide the next.
func split(data []byte) []chunk {
	var chunks []chunk
	cur := chunk{}
	var line int32
	start, directives := 0, false
	for at := 0; at < len(data); line++ {
		next := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		text := data[at:next]
		switch {
		case marker(text, "---") && !directives && at > start:
			cur.text = data[start:at]
			chunks, cur, start = append(chunks, cur), chunk{line: line}, at
		case marker(text, "..."):
			cur.text = data[start:next]
			chunks, cur, start = append(chunks, cur), chunk{line: line + 1}, next
		}
		directives = text[0] == '%' || directives && !marker(text, "---")
		at = next
	}
	cur.text = data[start:]
	return append(chunks, cur)
}

// marker says whether a line is a document marker, with or without something behind it.
func marker(line []byte, mark string) bool {
	return bytes.HasPrefix(line, []byte(mark)) && (len(line) == len(mark) || bytes.IndexByte([]byte(" \t\r\n"), line[len(mark)]) >= 0)
}

// blank says whether a text holds nothing but comments and document markers.
func blank(text []byte) bool {
	for line := range bytes.Lines(text) {
		if marker(line, "---") || marker(line, "...") {
			line = line[3:]
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// label returns what a "# Source:" comment at the head of a document, as Helm and kustomize write it, says.
func label(text []byte) string {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if from, ok := bytes.CutPrefix(line, []byte("# Source:")); ok {
			return string(bytes.TrimSpace(from))
		}
		if len(line) > 0 && line[0] != '#' && !bytes.Equal(line, []byte("---")) {
			return ""
		}
	}
	return ""
}
