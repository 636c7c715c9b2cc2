package output

import (
	"unicode/utf8"

	"sem.example/internal/quote"
)

// Quote is [quote.Text]: every format that is read as text passes all that it quotes of the input through here.
func Quote(s string) string { return quote.Text(s) }

// visible returns a line of a file for an excerpt: what Quote replaces becomes one character, so that columns stay where they are.
func visible(line string) []rune {
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case r < ' ' || r >= 0x7f && r < 0xa0:
			runes[i] = ' ' // as tabs are shown
		case quote.Unsafe(r):
			runes[i] = utf8.RuneError
		}
	}
	text := string(runes)
	passed, before := 0, 0
	for _, at := range quote.LoggingCommand().FindAllStringIndex(text, -1) {
		before += utf8.RuneCountInString(text[passed:at[0]])
		passed = at[0]
		runes[before+1] = utf8.RuneError
	}
	return runes
}
