package callgen

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"

	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// A sampler makes values, and requests of them, that conditions hold for or just do not. Where there are several it chooses
// at random.
type sampler struct{ random *rand.Rand }

// text is a text that a matcher takes, or one that it nearly takes.
func (s sampler) text(m *matcherv3.StringMatcher, take bool) string {
	out := ""
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.StringMatcher_Exact:
		out = s.variant(p.Exact, take)
	case *matcherv3.StringMatcher_Prefix:
		out = s.variant(p.Prefix, take)
		if take {
			out += "-tail"
		}
	case *matcherv3.StringMatcher_Suffix:
		out = s.variant(p.Suffix, take)
		if take {
			out = "head-" + out
		}
	case *matcherv3.StringMatcher_Contains:
		out = s.variant(p.Contains, take)
	case *matcherv3.StringMatcher_SafeRegex:
		out = s.variant(s.matching(p.SafeRegex.GetRegex()), take)
	}
	if m.GetIgnoreCase() {
		out = strings.ToUpper(out)
	}
	return out
}

// variant is the text itself, or one that differs from it as little as can be.
func (s sampler) variant(text string, same bool) string {
	if same {
		return text
	}
	others := []string{"x" + text, text + "x", strings.ToUpper(text)}
	if len(text) > 1 {
		others = append(others, text[:len(text)-1], text[1:])
	}
	if other := others[s.random.IntN(len(others))]; other != text {
		return other
	}
	return text + "x"
}

// matching is a text that a regular expression matches as a whole; "" where the expression cannot be read.
func (s sampler) matching(expression string) string {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	s.match(&out, re)
	return out.String()
}

func (s sampler) match(out *strings.Builder, re *syntax.Regexp) {
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
		s.match(out, re.Sub[s.random.IntN(len(re.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			s.match(out, sub)
		}
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		for range s.times(re) {
			s.match(out, re.Sub[0])
		}
	}
}

// times is how often a repeated expression is in the text.
func (s sampler) times(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpPlus:
		return 1 + s.random.IntN(2)
	case syntax.OpQuest:
		return s.random.IntN(2)
	case syntax.OpRepeat:
		if re.Max < 0 {
			return re.Min + s.random.IntN(2)
		}
		return re.Min + s.random.IntN(re.Max-re.Min+1)
	default:
		return s.random.IntN(3)
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
