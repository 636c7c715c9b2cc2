package probe

import (
	"regexp/syntax"
	"strings"

	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// text is a text that a matcher takes, or one that it nearly takes.
func (g *generator) text(m *matcherv3.StringMatcher, take bool) string {
	out := ""
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.StringMatcher_Exact:
		out = g.near(p.Exact, take)
	case *matcherv3.StringMatcher_Prefix:
		out = g.near(p.Prefix, take)
		if take {
			out += "-tail"
		}
	case *matcherv3.StringMatcher_Suffix:
		out = g.near(p.Suffix, take)
		if take {
			out = "head-" + out
		}
	case *matcherv3.StringMatcher_Contains:
		out = g.near(p.Contains, take)
	case *matcherv3.StringMatcher_SafeRegex:
		out = g.near(g.matching(p.SafeRegex.GetRegex()), take)
	}
	if m.GetIgnoreCase() {
		out = strings.ToUpper(out)
	}
	return out
}

// near is the text itself, or one that differs from it as little as can be.
func (g *generator) near(text string, same bool) string {
	if same {
		return text
	}
	others := []string{"x" + text, text + "x", strings.ToUpper(text)}
	if len(text) > 1 {
		others = append(others, text[:len(text)-1], text[1:])
	}
	if other := others[g.random.IntN(len(others))]; other != text {
		return other
	}
	return text + "x"
}

// matching is a text that a regular expression matches as a whole; "" where the expression cannot be read.
func (g *generator) matching(expression string) string {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	g.match(&out, re)
	return out.String()
}

func (g *generator) match(out *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if len(re.Rune) > 0 {
			out.WriteRune(printable(re.Rune))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteByte('q')
	case syntax.OpAlternate:
		g.match(out, re.Sub[g.random.IntN(len(re.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			g.match(out, sub)
		}
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		for range g.times(re) {
			g.match(out, re.Sub[0])
		}
	}
}

// times is how often a repeated expression stands in the text.
func (g *generator) times(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpPlus:
		return 1 + g.random.IntN(2)
	case syntax.OpQuest:
		return g.random.IntN(2)
	case syntax.OpRepeat:
		if re.Max < 0 {
			return re.Min + g.random.IntN(2)
		}
		return re.Min + g.random.IntN(re.Max-re.Min+1)
	default:
		return g.random.IntN(3)
	}
}

// printable is a rune of a class, a letter or digit if it has one.
func printable(ranges []rune) rune {
	for _, wanted := range [][2]rune{{'a', 'z'}, {'0', '9'}, {'A', 'Z'}, {'-', '~'}} {
		for i := 0; i+1 < len(ranges); i += 2 {
			if low := max(ranges[i], wanted[0]); low <= min(ranges[i+1], wanted[1]) {
				return low
			}
		}
	}
	return ranges[0]
}
