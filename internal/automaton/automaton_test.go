package automaton

import (
	"regexp"
	"testing"
)

func TestContains(t *testing.T) {
	for _, c := range []struct {
		wide, narrow string
		contains     bool
	}{
		{`^/.+$`, `^/try01/.+$`, true},
		{`^/try01/.+$`, `^/.+$`, false},
		{`/api/.*`, `/api/v[0-9]+/.*`, true},
		{`/api/v[0-9]+/.*`, `/api/v1/.*`, true},
		{`/(a|b)/.*`, `/a/x`, true},
		{`/(a|b)/.*`, `/[abc]/.*`, false},
		{`/.*`, `/[^/]+`, true},
		{`/.*?`, `/x*`, true},
		{`(?i)/API`, `/(api|Api)`, true},
		{`/api`, `(?i)/api`, false},
		{`.*`, `.+`, true},
		{`.+`, `.*`, false},
		{`^$`, ``, true},
		{`(/a)`, `^/a$`, true},
		{`/[^a]`, `/é`, true},
		{`/a{2,4}`, `/aaa?`, true},
		{`/a{2,4}`, `/a{2,5}`, false},
	} {
		wide, narrow := compile(t, c.wide), compile(t, c.narrow)
		contains, example, known := wide.Contains(narrow)
		if contains != c.contains || !known {
			t.Errorf("%q contains %q: %v (known: %v), want %v", c.wide, c.narrow, contains, known, c.contains)
		}
		if !contains && (!whole(c.narrow).MatchString(example) || whole(c.wide).MatchString(example)) {
			t.Errorf("%q is matched by %q too, or not by %q", example, c.wide, c.narrow)
		}
	}
}

func compile(t *testing.T, expr string) *Language {
	t.Helper()
	l, err := Compile(expr)
	if err != nil {
		t.Fatalf("%q: %v", expr, err)
	}
	return l
}

func whole(expr string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + expr + `)$`) }

func TestCompileRefuses(t *testing.T) {
	for _, expr := range []string{`/\bapi`, `[^\x00-\x{10FFFF}]`, `/a(`, `/(a|^b)`, `(a|b)*a(a|b){20}`, `[a-z]{1,900}[a-z]{1,900}`} {
		if _, err := Compile(expr); err == nil {
			t.Errorf("%q compiles", expr)
		}
	}
}
