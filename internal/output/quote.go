package output

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote returns a text of the input in the form in which it may reach a terminal, a CI log or a page: on one line, without
// characters that move the cursor, change colours or the direction of writing, or are invisible, and without anything that a CI
// takes for a command. What is replaced is written as Go and JSON write it (\n, \x1b, \u202e). Every format that is read as text
// passes all that it quotes through here.
func Quote(s string) string {
	if !suspicious(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unsafe := unsafeRune(r) || r == utf8.RuneError && size == 1; unsafe {
			escapeRune(&b, s[i:i+size], r)
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return disarm(b.String())
}

// suspicious reports whether a text may need quoting; most do not.
func suspicious(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || i > 0 && c == s[i-1] && (c == ':' || c == '#') {
			return true
		}
	}
	return false
}

// invisible are the characters that have no width or direct others: controls, format characters (bidirectional marks and zero
// width ones among them), line and paragraph separators, and what has no meaning.
var invisible = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs}

func unsafeRune(r rune) bool {
	return r < ' ' || r == 0x7f || r >= 0x80 && unicode.In(r, invisible...)
}

func escapeRune(b *strings.Builder, raw string, r rune) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r == utf8.RuneError:
		fmt.Fprintf(b, `\x%02x`, raw[0])
	case r < 0x80:
		fmt.Fprintf(b, `\x%02x`, r)
	case r > 0xffff:
		fmt.Fprintf(b, `\U%08x`, r)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

var (
	// workflowCommand is how a line begins that GitHub Actions takes for a command: ::error file=a::text.
	workflowCommand = regexp.MustCompile(`::([A-Za-z][A-Za-z-]*)`)
	// loggingCommand is what older GitHub runners, Azure Pipelines and TeamCity take for one, anywhere on a line: ##vso[task.complete].
	loggingCommand = regexp.MustCompile(`##([A-Za-z.-]*\[)`)
	// hexadecimal words behind two colons are groups of an IPv6 address.
	hexadecimal = regexp.MustCompile(`^::[A-Fa-f]+$`)
)

// disarm breaks what a CI takes for a command.
func disarm(s string) string {
	s = loggingCommand.ReplaceAllString(s, `#\x23$1`)
	return workflowCommand.ReplaceAllStringFunc(s, func(word string) string {
		if hexadecimal.MatchString(word) {
			return word
		}
		return `:\x3a` + word[2:]
	})
}

// visible returns a line of a file for an excerpt: what Quote replaces becomes one character, so that columns stay where they are.
func visible(line string) []rune {
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case r < ' ' || r >= 0x7f && r < 0xa0:
			runes[i] = ' ' // as tabs are shown
		case unsafeRune(r):
			runes[i] = utf8.RuneError
		}
	}
	text := string(runes)
	for _, at := range loggingCommand.FindAllStringIndex(text, -1) {
		runes[utf8.RuneCountInString(text[:at[0]])+1] = utf8.RuneError
	}
	return runes
}
