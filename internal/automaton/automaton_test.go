package automaton

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
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
		{`/a`, `/(a|^b)`, true},
		{`/(a$|b)c`, `/bc`, true},
		{`/bc`, `/(a$|b)c`, true},
		{`/[^a]`, `/[\x{80}-\x{10FFFF}]`, true},
		{`/[a-y]`, `/[a-z]`, false},
		{`/k`, `(?i)/K`, false},
		{`(?i)/k`, `/\x{212A}`, true},
		{`.*abcabd.*`, `.*xabcabdx.*`, true},
		{`.*xabcabdx.*`, `.*abcabd.*`, false},
		{`/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.*`, `/12345678-1234-1234-1234-123456789012/x`, true},
		{`/[a-z0-9]{1,253}`, `/[a-z]{1,252}`, true},
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

func whole(expr string) *regexp.Regexp {
	text, err := Whole(expr)
	if err != nil {
		panic(err)
	}
	return regexp.MustCompile(text)
}

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		expr, text string
		want       bool
	}{
		{`/a|/b`, "/b/", false},
		{`/\Qa.c`, "/a.c", true},
		{`/\Qa.c`, "/abc", false},
		{`/\Qa)\E+`, "/a))", true},
	} {
		if got := whole(c.expr).MatchString(c.text); got != c.want {
			t.Errorf("%q matches %q: %v", c.expr, c.text, got)
		}
	}
	if text, err := Whole(`a)|(?:b`); err == nil {
		t.Errorf("becomes %q", text)
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, expr := range []string{`/\bapi`, `[^\x00-\x{10FFFF}]`, `/a(`, `(a|b)*a(a|b){20}`, `[a-z]{1,900}[a-z]{1,900}`} {
		if _, err := Compile(expr); err == nil {
			t.Errorf("%q compiles", expr)
		}
	}
}

// TestBounds: neither an automaton nor comparisons take many times what the length of the expressions promises.
func TestBounds(t *testing.T) {
	for _, expr := range []string{`.*(a|b).{40}`, `([ab]{1,90}c){1,11}[ab]{1,90}`, `[\p{L}\p{N}\p{S}]{1,900}`, strings.Repeat(`(a|b)?`, 5_000)} {
		if l, err := Compile(expr); err != ErrTooLarge {
			t.Errorf("%.40q compiles into %v, %v", expr, l, err)
		}
	}
	wide, narrow := compile(t, `(.{7})*.*`), compile(t, `(.{6})*(.{5})*`)
	for range 100_000 {
		if _, _, known := wide.Contains(narrow); !known {
			return
		}
	}
	t.Error("comparisons of one language have no bound")
}

// FuzzMatches holds automata to Go's expressions.
func FuzzMatches(f *testing.F) {
	for _, c := range [][2]string{{`/a(b|^c)?$`, "/ab"}, {`(?i)k[^x-z]*`, "Ky"}, {`(?m:^a$)|b{2,3}`, "bbb"}, {`\pL+.?`, "äö!"}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		l, err := Compile(expr)
		if err != nil || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < firstCharacter }) {
			return
		}
		if want := whole(expr).MatchString(text); l.Has(text) != want {
			t.Errorf("%q matches %q: %v, want %v", expr, text, !want, want)
		}
	})
}
