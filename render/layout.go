package render

// A layout writes JSON text with one value a line, two spaces a level. The proto library varies its white space from
// build to build, on purpose; laid out it is the same everywhere.
type layout struct {
	out    []byte
	prefix string // of every line but the first
	depth  int
	opened bool // nothing was written since the last bracket opened
}

// appendIndented appends a JSON text, which must be valid, laid out in one pass. Every line but the first begins with the
// prefix.
func appendIndented(to, text []byte, prefix string) []byte {
	l := layout{out: to, prefix: prefix}
	for i := 0; i < len(text); {
		i += l.token(text[i:])
	}
	return l.out
}

// token writes the token that the text begins with, or passes over white space, and returns its length.
func (l *layout) token(text []byte) int {
	switch c := text[0]; c {
	case ' ', '\t', '\r', '\n':
		return 1
	case '}', ']':
		l.depth--
		if !l.opened {
			l.line()
		}
		l.opened = false
		l.out = append(l.out, c)
		return 1
	case ',':
		l.out = append(l.out, c)
		l.line()
		return 1
	case ':':
		l.out = append(l.out, ": "...)
		return 1
	}
	if l.opened {
		l.opened = false
		l.line()
	}
	end := 1
	switch text[0] {
	case '{', '[':
		l.depth++
		l.opened = true
	case '"':
		end = quoted(text)
	default:
		end = literal(text)
	}
	l.out = append(l.out, text[:end]...)
	return end
}

func (l *layout) line() {
	l.out = append(append(l.out, '\n'), l.prefix...)
	for range l.depth {
		l.out = append(l.out, "  "...)
	}
}

// quoted is the length of the string that a text begins with, quotes included.
func quoted(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// literal is the length of the number, true, false or null that a text begins with.
func literal(text []byte) int {
	for i, c := range text {
		switch c {
		case ',', ']', '}', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return len(text)
}
