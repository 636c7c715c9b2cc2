package diff

import (
	"testing"

	"sem.example/simulate/decision"
)

func TestShortest(t *testing.T) {
	in := func(test decision.Test, value string) side { return sideOf(t, test, value, false) }
	out := func(test decision.Test, value string) side { return sideOf(t, test, value, true) }
	for _, test := range []struct {
		name  string
		sides []side
		want  string
		found existence
	}{
		{"anything", nil, "", exists},
		{"exact", []side{in(decision.Is, "/a")}, "/a", exists},
		{"prefix without what a longer prefix takes", []side{in(decision.StartsWith, "/v"), out(decision.StartsWith, "/v1")}, "/v", exists},
		{"a prefix that another covers", []side{in(decision.StartsWith, "/v1/"), out(decision.StartsWith, "/v")}, "", none},
		{"path segments", []side{in(decision.StartsWith, "/api"), out(decision.IsOrBelow, "/api")}, "/apia", exists},
		{"regular expression and suffix", []side{in(decision.Matches, "/[0-9]+/.*?x"), in(decision.EndsWith, "yx")}, "/0/yx", exists},
		{"regular expressions that exclude each other", []side{in(decision.Matches, "(a|b)+"), in(decision.Contains, "c")}, "", none},
		{"an expression that is a prefix", []side{in(decision.Matches, "^/v1/.*$"), out(decision.StartsWith, "/v1/")}, "", none},
		{"a text of special characters", []side{in(decision.Is, "a.b*c")}, "a.b*c", exists},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, found := shortest(test.sides, nil)
			if got != test.want || found != test.found {
				t.Errorf("got %q, %v; want %q, %v", got, found, test.want, test.found)
			}
		})
	}
}

func sideOf(t *testing.T, test decision.Test, value string, out bool) side {
	l, ok := languageOf(decision.TextTest{Test: test, Value: value})
	if !ok {
		t.Fatalf("no automaton for %v %q", test, value)
	}
	return side{l, out}
}

func TestLanguageOfAnchors(t *testing.T) {
	if _, ok := newLanguage(`a\bb`); ok {
		t.Error("a word boundary cannot be told by an automaton, but has one")
	}
}
