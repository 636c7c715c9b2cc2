package source

import "strings"

// maxKey is the length from which on YAML wants a question mark before a key.
const maxKey = 1000

// key returns the key that begins here and the offset of its colon's left side; false where none does.
func (q *fastReader) key() (key string, end int, ok bool) {
	at := q.first
	if c := q.text[at]; c == '"' || c == '\'' {
		key, end = q.quoted(at)
		return key, end, end > 0 && end < q.end && end-at < maxKey && q.text[end] == ':' && q.ends(end+1)
	}
	if !opens(q.text[at]) {
		return "", 0, false
	}
	for end = at; end < q.end && end-at < maxKey; end++ {
		switch q.text[end] {
		case '#':
			if q.text[end-1] == ' ' {
				return "", 0, false
			}
		case ':':
			if !q.ends(end + 1) {
				continue
			}
			key = q.text[at:end]
			return key, end, key[len(key)-1] != ' ' && key != "<<" && sure(key)
		}
	}
	return "", 0, false
}

// ends reports whether a space or the end of the line is at an offset.
func (q *fastReader) ends(at int) bool { return at >= q.end || q.text[at] == ' ' }

// sure reports whether a plain key is a string of the same text, as nearly all are.
func sure(key string) bool {
	if looks(key) != Null {
		return true
	}
	r := askKey(key, key)
	return r.err == nil && r.text == key
}

// opens reports whether a plain scalar may begin with a character, whatever follows.
func opens(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte("./_+$^~();\\=<", c) >= 0
}

// quoted returns the text of the quoted scalar at an offset and the offset behind it, or 0 where it does not end on its
// line or has one of the rarer escapes.
func (q *fastReader) quoted(at int) (string, int) {
	quote, escaped := q.text[at], false
	for i := at + 1; i < q.end; i++ {
		switch c := q.text[i]; {
		case c == '\\' && quote == '"', c == quote && quote == '\'' && i+1 < q.end && q.text[i+1] == quote:
			escaped = true
			i++
		case c == quote && !escaped:
			return q.text[at+1 : i], i + 1
		case c == quote && quote == '\'':
			return strings.ReplaceAll(q.text[at+1:i], "''", "'"), i + 1
		case c == quote:
			if text, ok := unescape(q.text[at+1 : i]); ok {
				return text, i + 1
			}
			return "", 0
		}
	}
	return "", 0
}

// unescape resolves the escapes of a text in double quotes that need no thought.
func unescape(text string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			b.WriteByte(text[i])
			continue
		}
		i++
		at := strings.IndexByte(`"\nt`, text[i])
		if at < 0 {
			return "", false
		}
		b.WriteByte("\"\\\n\t"[at])
	}
	return b.String(), true
}

// flow reads the scalar or bracket at an offset and returns the offset behind it. Inside of brackets a plain scalar has
// fewer characters to use.
func (q *fastReader) flow(at int, inside bool) (*Node, int) {
	if at >= q.end {
		return nil, 0
	}
	switch c := q.text[at]; c {
	case '[':
		return q.flowList(at)
	case '{':
		return q.flowMap(at)
	case '"', '\'':
		text, end := q.quoted(at)
		if end == 0 {
			return nil, 0
		}
		n := q.node(String)
		n.Text, n.Range = text, q.span(at, end)
		return n, end
	default:
		if !opens(c) && (c != '-' || at+1 == q.end || !opens(q.text[at+1])) {
			return nil, 0
		}
		end := q.plain(at, inside)
		if end == 0 {
			return nil, 0
		}
		return q.scalar(at, end)
	}
}

// plain returns the offset behind the plain scalar at an offset, or 0 where it holds what could mean more.
func (q *fastReader) plain(at int, inside bool) int {
	end := at
loop:
	for end = at; end < q.end; end++ {
		switch c := q.text[end]; c {
		case '#':
			if q.text[end-1] == ' ' {
				break loop
			}
		case ':':
			if inside || q.ends(end+1) {
				return 0
			}
		case ',', '[', ']', '{', '}':
			if inside {
				break loop
			}
		case '?':
			if inside {
				return 0
			}
		}
	}
	for q.text[end-1] == ' ' {
		end--
	}
	return end
}

func (q *fastReader) scalar(at, end int) (*Node, int) {
	text := q.text[at:end]
	r := plain(text)
	if r.err != nil || r.kind == Number && octal(text, r.text) {
		return nil, 0
	}
	n := q.node(r.kind)
	n.Text, n.Range = r.text, q.span(at, end)
	return n, end
}

func (q *fastReader) flowList(at int) (*Node, int) {
	n, start := q.node(List), at
	n.Items = []*Node{}
	if q.depth++; q.depth > maxDepth/2 {
		return nil, 0
	}
	defer func() { q.depth-- }()
	at = q.skip(at + 1)
	for at < q.end && q.text[at] != ']' {
		item, end := q.flow(at, true)
		if item == nil {
			return nil, 0
		}
		n.Items = append(n.Items, item)
		if at = q.separator(end, ']'); at == 0 {
			return nil, 0
		}
	}
	return q.close(n, start, at)
}

func (q *fastReader) flowMap(at int) (*Node, int) {
	n, start := q.node(Map), at
	set := fieldset{fields: []Field{}}
	if q.depth++; q.depth > maxDepth/2 {
		return nil, 0
	}
	defer func() { q.depth-- }()
	at = q.skip(at + 1)
	for at < q.end && q.text[at] != '}' {
		f, end := q.flowField(at)
		if f.Value == nil || set.find(f.Key) != nil {
			return nil, 0
		}
		set.set(f)
		if at = q.separator(end, '}'); at == 0 {
			return nil, 0
		}
	}
	n.Fields = set.fields
	return q.close(n, start, at)
}

// flowField reads one entry of a map in braces.
func (q *fastReader) flowField(at int) (Field, int) {
	first := q.first
	q.first = at
	key, end, ok := q.key()
	q.first = first
	if !ok || strings.ContainsAny(key, ",[]{}?") && q.text[at] != '"' && q.text[at] != '\'' {
		return Field{}, 0
	}
	f := Field{Key: key, Range: q.span(at, end)}
	f.Value, end = q.flow(q.skip(end+1), true)
	return f, end
}

// separator returns the offset of what follows a comma, or of the closing bracket; 0 where there is neither.
func (q *fastReader) separator(at int, closing byte) int {
	if at = q.skip(at); at < q.end && q.text[at] == closing {
		return at
	}
	if at >= q.end || q.text[at] != ',' {
		return 0
	}
	if at = q.skip(at + 1); at >= q.end || q.text[at] == closing {
		return 0
	}
	return at
}

// close ends a list or map in brackets.
func (q *fastReader) close(n *Node, start, at int) (*Node, int) {
	if at >= q.end {
		return nil, 0
	}
	n.Range = q.span(start, at+1)
	return n, at + 1
}
