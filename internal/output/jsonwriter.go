package output

import (
	"fmt"
	"io"
	"unicode/utf8"

	"sem.example/internal/quote"
)

// A JSONWriter passes JSON on, with characters that a terminal does not show as they are written as escapes (see [Quote]).
// A character may come in several pieces; Flush passes on what is left of one.
type JSONWriter struct {
	to   io.Writer
	rest []byte // the beginning of a character
	last byte   // that was passed on
}

// NewJSONWriter returns a writer that passes JSON on to another.
func NewJSONWriter(to io.Writer) *JSONWriter { return &JSONWriter{to: to} }

// Write passes JSON on.
func (w *JSONWriter) Write(p []byte) (int, error) {
	data := p
	if len(w.rest) > 0 {
		data = append(w.rest, p...)
		w.rest = nil
	}
	start := 0
	for i := 0; i < len(data); {
		if data[i] < 0x7f && (data[i] != '#' || w.last != '#') {
			w.last = data[i]
			i++
			continue
		}
		if !utf8.FullRune(data[i:]) {
			w.rest = append([]byte{}, data[i:]...)
			data = data[:i]
			break
		}
		r, size := utf8.DecodeRune(data[i:])
		w.last = 0
		if quote.Unsafe(r) || r == '#' { // two of them may begin a command of a CI
			if err := w.escaped(data[start:i], r); err != nil {
				return 0, err
			}
			start = i + size
		}
		i += size
	}
	if _, err := w.to.Write(data[start:]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// escaped passes on what is before a character, and the character as an escape.
func (w *JSONWriter) escaped(before []byte, r rune) error {
	if _, err := w.to.Write(before); err != nil {
		return err
	}
	if r > 0xffff { // JSON knows pairs of surrogates
		r -= 0x10000
		_, err := fmt.Fprintf(w.to, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		return err
	}
	_, err := fmt.Fprintf(w.to, `\u%04x`, r)
	return err
}

// Flush passes on the beginning of a character whose end never came.
func (w *JSONWriter) Flush() error {
	_, err := w.to.Write(w.rest)
	w.rest = nil
	return err
}
