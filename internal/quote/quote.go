// Package quote makes text of the input safe to show: on terminals, in logs of CI systems and on pages.
package quote

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"sem.example/internal/lazy"
)

// Text returns a text of the input in the form in which it may reach a terminal, a CI log or a page: on one line, without
// characters that move the cursor, change colours or the direction of writing, or are invisible, and without anything that a CI
// takes for a command. What is replaced is written as Go and JSON write it (\n, \x1b, \u202e). Every format that is read as text
// passes all that it quotes through here.
func Text(s string) string {
	if !suspicious(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unsafe := Unsafe(r) || r == utf8.RuneError && size == 1; unsafe {
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

// Unsafe reports whether a character moves the cursor, changes the direction of writing, or is invisible.
func Unsafe(r rune) bool {
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
	workflowCommand = lazy.Regexp(`::([A-Za-z][A-Za-z-]*)`)
	// LoggingCommand is what older GitHub runners, Azure Pipelines and TeamCity take for one, anywhere on a line: ##vso[task.complete].
	LoggingCommand = lazy.Regexp(`##([A-Za-z.-]*\[)`)
	startsCommand  = lazy.Regexp(`(?m)^\s*::[A-Za-z]`)
	// hexadecimal words behind two colons are groups of an IPv6 address.
	hexadecimal = lazy.Regexp(`^::[A-Fa-f]+$`)
)

// disarm breaks what a CI takes for a command.
func disarm(s string) string {
	s = LoggingCommand().ReplaceAllString(s, `#\x23$1`)
	return workflowCommand().ReplaceAllStringFunc(s, func(word string) string {
		if hexadecimal().MatchString(word) {
			return word
		}
		return `:\x3a` + word[2:]
	})
}

// Starts reports whether a line of a text begins with what a CI takes for a command, or holds one that it takes anywhere.
func Starts(s string) bool { return startsCommand().MatchString(s) || LoggingCommand().MatchString(s) }

// Escapes writes unsafe characters of a document, but for line ends, and what would begin a logging command as escapes that
// YAML and CUE know in strings with double quotes: \u202e. It is for documents in which such text is in such strings only.
func Escapes(document []byte) []byte {
	return escapes(document, func(r rune) string { return fmt.Sprintf(`\U%08x`, r) })
}

// EscapesJSON is [Escapes] for JSON.
func EscapesJSON(document []byte) []byte {
	return escapes(document, func(r rune) string {
		high, low := utf16.EncodeRune(r)
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	})
}

func escapes(document []byte, wide func(rune) string) []byte {
	document = LoggingCommand().ReplaceAll(document, []byte(`#\u0023$1`))
	if !bytes.ContainsFunc(document, func(r rune) bool { return r != '\n' && r != '\t' && Unsafe(r) }) {
		return document
	}
	var out bytes.Buffer
	for _, r := range string(document) {
		switch {
		case r == '\n' || r == '\t' || !Unsafe(r):
			out.WriteRune(r)
		case r > 0xffff:
			out.WriteString(wide(r))
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}
