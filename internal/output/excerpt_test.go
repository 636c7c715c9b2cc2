package output

import (
	"strings"
	"testing"

	"sem.example/internal/source"
)

// The window on a line keeps what is underlined in sight, whatever the range.
func TestWindow(t *testing.T) {
	long := strings.Repeat("abcdefghij", 30)
	tests := []struct {
		text       string
		r          source.Range
		line, mark string
	}{
		{"  host: a", source.Range{Line: 1, Column: 9, EndLine: 1, EndColumn: 10}, "  host: a", "a"},
		{"  host:", source.Range{Line: 1, Column: 3, EndLine: 4, EndColumn: 1}, "  host:", "host:"},
		{"\ta\x1b[31m", source.Range{Line: 1, Column: 2, EndLine: 1, EndColumn: 3}, " a [31m", "a"},
		{"a", source.Range{Line: 1, Column: 7, EndLine: 1, EndColumn: 3}, "a", ""},
		{"a", source.Range{Line: 1}, "a", "a"},
		{long, source.Range{Line: 1, Column: 101, EndLine: 1, EndColumn: 104}, "…fghijabcdefghijab…", "abc"},
		{long, source.Range{Line: 1, Column: 101, EndLine: 1, EndColumn: 301}, "…fghijabcdefghijab…", "abcdefghijab…"},
		{long, source.Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 4}, "abcdefghijabcdefgh…", "abc"},
		{long, source.Range{Line: 1, Column: 298, EndLine: 1, EndColumn: 301}, "…", "hij"},
	}
	for _, test := range tests {
		line, from, to := window(test.text, test.r, 19)
		mark := string([]rune(line)[from:to])
		if len([]rune(line)) > 19 || mark != test.mark || test.line != "…" && line != test.line {
			t.Errorf("%v of %q: %q, underlined %q", test.r, test.text, line, mark)
		}
	}
}
