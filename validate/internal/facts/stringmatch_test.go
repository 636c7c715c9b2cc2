package facts

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"
)

func exact(s string) *networking.StringMatch {
	return &networking.StringMatch{MatchType: &networking.StringMatch_Exact{Exact: s}}
}

func prefix(s string) *networking.StringMatch {
	return &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: s}}
}

func regex(s string) *networking.StringMatch {
	return &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: s}}
}

func TestStringMatchCovers(t *testing.T) {
	for _, test := range []struct {
		name         string
		wide, narrow *networking.StringMatch
		want         bool
	}{
		{"prefix over exact", prefix("/a"), exact("/a/b"), true},
		{"prefix over regex with a literal head", prefix("/a"), regex(`/a/[0-9]+`), true},
		{"prefix over regex with a choice that shares the head", prefix("/a"), regex(`/a/x|/a/y`), true},
		{"prefix over regex with a choice that does not", prefix("/a"), regex(`/a/x|/b`), false},
		{"prefix over regex that ignores case", prefix("/a"), regex(`(?i)/a/b`), false},
		{"regex over exact", regex(`/a/[a-z]+`), exact("/a/b"), true},
		{"regex is anchored", regex(`/a`), exact("/a/b"), false},
		{"regex with a tail is a prefix", regex(`^/a/.*$`), prefix("/a/b"), true},
		{"regex with a captured tail is a prefix", regex(`/a/(.*)`), exact("/a/b"), true},
		{"regex over itself", regex(`/a/\d+`), regex(`/a/\d+`), true},
		{"exact over prefix", exact("/a"), prefix("/a"), false},
		{"everything", regex(".*"), nil, true},
		{"something over everything", prefix("/a"), nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := newStringMatch(test.wide).Covers(newStringMatch(test.narrow)); got != test.want {
				t.Errorf("covers = %v, want %v", got, test.want)
			}
		})
	}
}

func TestStringMatchExample(t *testing.T) {
	for _, source := range []string{`/a/[0-9]+`, `/(en|de)/.*x`, `/v\d{2}/(?:x|y)?`, `[^/]+`, `/a.b`, `/[a-z]+\Q(b`} {
		p := NewRegex(source)
		if text := p.Example(); text == "" || !p.expr().MatchString(text) {
			t.Errorf("%s: %q is no example", source, text)
		}
	}
}
