package source

import "strings"

// literal reads a literal block ("|"), of a list or map that is indented so deep, and moves behind it. As for any scalar
// of several lines, its place is its first line.
func (q *fastReader) literal(indent int) *Node {
	header := q.first + 1
	if header < q.end && (q.text[header] == '-' || q.text[header] == '+') {
		header++
	}
	if !q.restIsBlank(header) || !strings.HasSuffix(q.text, "\n") {
		return q.fail()
	}
	n := q.node(String)
	n.Range = q.span(q.first, header)
	keep := q.text[header-1]
	var ok bool
	if n.Text, ok = q.body(indent); !ok {
		return q.fail()
	}
	switch body := strings.TrimRight(n.Text, "\n"); {
	case keep == '-':
		n.Text = body
	case keep == '|' && body != "":
		n.Text = body + "\n"
	}
	q.next()
	return n
}

// body reads the lines of a block, whose first line says how deep they all are indented; false where that is not plain.
func (q *fastReader) body(indent int) (string, bool) {
	var b strings.Builder
	depth := 0
	for q.at < len(q.text) {
		end := q.at + strings.IndexByte(q.text[q.at:], '\n')
		line := strings.TrimSuffix(q.text[q.at:end], "\r")
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case spaces == len(line) && (depth == 0 && spaces > 0 || depth > 0 && spaces > depth):
			return "", false // blank, and deeper than the text
		case spaces == len(line):
			line = ""
		case depth == 0 && spaces <= indent:
			return "", false // no text at all
		case depth == 0:
			depth = spaces
		}
		if line != "" {
			if spaces < depth {
				break
			}
			line = line[depth:]
		}
		b.WriteString(line + "\n")
		q.at, q.line = end+1, q.line+1
	}
	return b.String(), depth > 0
}
