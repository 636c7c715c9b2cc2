package subprocess

import (
	"io"
	"strings"
	"testing"
)

// io.Copy, by which a command writes, goes through Write.
func TestBeginning(t *testing.T) {
	tests := []struct {
		text, want string
		cut        bool
	}{
		{"", "", false},
		{"abc", "abc", false},
		{"abcd", "abcd", false},
		{"abcde", "abcd", true},
		{strings.Repeat("x", 100_000), "xxxx", true},
	}
	for _, test := range tests {
		b := &Beginning{Limit: 4}
		n, err := io.Copy(b, strings.NewReader(test.text))
		if int(n) != len(test.text) || err != nil || b.String() != test.want || b.Cut != test.cut {
			t.Errorf("%.8q: %d, %v, %q, cut %v; want %q, cut %v", test.text, n, err, b.String(), b.Cut, test.want, test.cut)
		}
	}
}
