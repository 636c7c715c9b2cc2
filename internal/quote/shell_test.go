package quote

import (
	"os/exec"
	"testing"
)

// TestShell has a shell say what it reads.
func TestShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("it takes a shell")
	}
	for _, word := range []string{
		"shop/web", "", " ", "a b", "it's", `"`, "`touch x`", "$(touch x)", "$HOME", `\`, `\'`, "a;b", "a|b", "a&b", "a>b", "a<b", "*", "?", "[a]", "~", "#a",
		"{a,b}", "!a", "(a)", "a\nb", "a\tb", "é", "--from",
	} {
		got, err := exec.Command(sh, "-c", "printf %s "+Shell(word)).Output()
		if err != nil || string(got) != word {
			t.Errorf("%q is %s: the shell reads %q, %v", word, Shell(word), got, err)
		}
	}
}
