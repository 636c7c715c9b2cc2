package request

import (
	"errors"
	"fmt"
	"strings"
)

// words splits a command line as a POSIX shell does: at blanks, with quotes of all three kinds ('…', "…" and $'…'),
// backslashes, and lines that a backslash continues. Nothing is expanded: "$TOKEN" stays what it is. What a shell would
// take for itself (pipes, redirections, "&") is an error, for curl never sees it.
func words(line string) ([]string, error) {
	s := splitter{rest: strings.TrimSpace(line)}
	for s.rest != "" {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	s.end()
	return s.out, nil
}

type splitter struct {
	rest string
	out  []string
	word strings.Builder
	open bool // a word has begun, even an empty one
}

func (s *splitter) end() {
	if s.open {
		s.out = append(s.out, s.word.String())
	}
	s.word.Reset()
	s.open = false
}

// next takes one character, or one quoted part.
func (s *splitter) next() error {
	c := s.rest[0]
	switch {
	case strings.HasPrefix(s.rest, "\\\r\n"):
		s.rest = s.rest[3:]
		return nil
	case strings.HasPrefix(s.rest, "\\\n"):
		s.rest = s.rest[2:]
		return nil
	case strings.HasPrefix(s.rest, "$'"):
		s.rest = s.rest[2:]
		return s.quoted('\'', ansi)
	}
	s.rest = s.rest[1:]
	switch c {
	case ' ', '\t', '\n', '\r':
		s.end()
		return nil
	case '\'':
		return s.quoted('\'', nil)
	case '"':
		return s.quoted('"', double)
	case '|', '&', ';', '<', '>':
		return fmt.Errorf("the shell takes an unquoted %q for itself: quote the URL or header that it is part of, or leave out what follows", string(c))
	case '\\':
		if s.rest == "" {
			return errors.New("the command ends in a backslash")
		}
		c, s.rest = s.rest[0], s.rest[1:]
	}
	s.open = true
	s.word.WriteByte(c)
	return nil
}

// An escape reads what follows a backslash within quotes: the text that it stands for, and how many bytes it took.
type escape func(after string) (text string, length int)

// quoted takes the text up to the closing quote.
func (s *splitter) quoted(quote byte, escaped escape) error {
	s.open = true
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == quote:
			s.rest = s.rest[i+1:]
			return nil
		case c == '\\' && escaped != nil && i+1 < len(s.rest):
			text, n := escaped(s.rest[i+1:])
			s.word.WriteString(text)
			i += n
		default:
			s.word.WriteByte(c)
		}
	}
	return fmt.Errorf("a quote %c is not closed", quote)
}

// double is the backslash within "…": it quotes the few characters that are special there, and else stands for itself.
func double(after string) (string, int) {
	switch after[0] {
	case '\n':
		return "", 1
	case '$', '`', '"', '\\':
		return after[:1], 1
	}
	return "\\", 0
}

// ansi is the backslash within $'…', as browsers write it when they copy a request as a curl command.
func ansi(after string) (string, int) {
	if c, ok := controls[after[0]]; ok {
		return c, 1
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[after[0]]
	n, value := 1, rune(0)
	for n < len(after) && n <= digits && strings.IndexByte(hexDigits, after[n]|0x20) >= 0 {
		value = value<<4 | rune(strings.IndexByte(hexDigits, after[n]|0x20))
		n++
	}
	switch {
	case n == 1:
		return "\\", 0
	case after[0] == 'x':
		return string([]byte{byte(value)}), n
	}
	return string(value), n
}

const hexDigits = "0123456789abcdef"

var controls = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\\': "\\", '\'': "'", '"': "\"", '?': "?", 'e': "\x1b"}
