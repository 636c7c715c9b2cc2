package source

import "encoding/json"

// MarshalJSON writes the value as JSON, fields in the order of the file.
func (n *Node) MarshalJSON() ([]byte, error) { return n.AppendJSON(nil), nil }

// AppendJSON appends the value as JSON, fields in the order of the file. A nil node is null.
func (n *Node) AppendJSON(out []byte) []byte {
	if n == nil {
		return append(out, "null"...)
	}
	switch n.Kind {
	case Bool, Number:
		return append(out, n.Text...)
	case String:
		return appendString(out, n.Text)
	case List:
		return n.appendItems(out)
	case Map:
		return n.appendFields(out)
	}
	return append(out, "null"...)
}

func (n *Node) appendItems(out []byte) []byte {
	out = append(out, '[')
	for i, item := range n.Items {
		if i > 0 {
			out = append(out, ',')
		}
		out = item.AppendJSON(out)
	}
	return append(out, ']')
}

func (n *Node) appendFields(out []byte) []byte {
	out = append(out, '{')
	for i, f := range n.Fields {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, f.Key), ':')
		out = f.Value.AppendJSON(out)
	}
	return append(out, '}')
}

// appendString appends a JSON string; most need no escape.
func appendString(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s)
			return append(out, quoted...)
		}
	}
	out = append(append(out, '"'), s...)
	return append(out, '"')
}
