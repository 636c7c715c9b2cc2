package callgen

import (
	"math/rand/v2"
	"regexp"
	"testing"
)

func TestMatching(t *testing.T) {
	g := sampler{rand.New(rand.NewPCG(1, 2))}
	for _, expression := range []string{
		"", "/v1", ".*", ".+", "/users/[0-9]+", "/(a|b|cd)?/x", "[^/]{2,4}", `\d{3}-\w+`, "(?i)abc", "a*b?c+", `/items/\d+(/.*)?`, "[a-z.-]+@example",
	} {
		whole := regexp.MustCompile("^(?:" + expression + ")$")
		for range 20 {
			if text := g.matching(expression); !whole.MatchString(text) {
				t.Errorf("%q was made to match %q and does not", text, expression)
			}
		}
	}
}

func FuzzMatching(f *testing.F) {
	f.Add(`/(a|b)+\.json`)
	f.Fuzz(func(t *testing.T, expression string) {
		g := sampler{rand.New(rand.NewPCG(1, 2))}
		g.matching(expression)
	})
}
