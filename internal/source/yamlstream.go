package source

import "bytes"

// A chunk is the text of one document of a YAML stream.
type chunk struct {
	text []byte
	at   int // its offset in the file
}

// split cuts a YAML stream at its document markers. YAML forbids a marker at the start of a line anywhere inside a
// document, even in quotes, so that lines alone tell; a mistake in one document then does not hide the next.
func split(data []byte) []chunk {
	var chunks []chunk
	start, directives := len(bom(data)), false
	cut := func(end int) {
		chunks = append(chunks, chunk{text: data[start:end], at: start})
		start = end
	}
	for at := start; at < len(data); {
		line := data[at:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		opens := marker(line, "---")
		switch {
		case opens && !directives && at > start:
			cut(at)
		case marker(line, "..."):
			cut(at + len(line))
		}
		directives = line[0] == '%' || directives && !opens
		at += len(line)
	}
	cut(len(data))
	return chunks
}

// marker reports whether a line is a document marker, with or without something behind it.
func marker(line []byte, mark string) bool {
	return bytes.HasPrefix(line, []byte(mark)) && (len(line) == len(mark) || bytes.IndexByte([]byte(" \t\r\n"), line[len(mark)]) >= 0)
}

// blank reports whether a text holds nothing but comments and document markers.
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
