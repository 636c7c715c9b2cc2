package quote

import "testing"

// TestText shows what happens to texts that do something.
func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"plain größe":              "plain größe",
		"a\nb\tc":                  `a\nb\tc`,
		"\x1b[31m":                 `\x1b[31m`,
		"\u202eevil\u200b":         `\u202eevil\u200b`,
		"\u009b":                   `\u009b`,
		"\xff":                     `\xff`,
		"::error::x":               `:\x3aerror:\x3ax`,
		"a ##vso[task.complete] b": `a #\x23vso[task.complete] b`,
		"::1":                      "::1",
		"[fd00::ab]:80":            "[fd00::ab]:80",
		`\.example\.com`:           `\.example\.com`,
	} {
		if got := Text(text); got != want {
			t.Errorf("Text(%q) = %s, want %s", text, got, want)
		}
	}
}
