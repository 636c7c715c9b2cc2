package match

import (
	"slices"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/internal/automaton"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// A Text is a string matcher: the test, and what it compares.
type Text struct {
	Test func(string) bool
	Says decision.TextTest
}

// A textKind is one kind of string matcher.
type textKind struct {
	test func(value, want string) bool
	is   decision.Test
}

var (
	exact          = textKind{func(v, want string) bool { return v == want }, decision.Is}
	prefixText     = textKind{strings.HasPrefix, decision.StartsWith}
	suffix         = textKind{strings.HasSuffix, decision.EndsWith}
	contains       = textKind{strings.Contains, decision.Contains}
	unknownMatcher = Text{func(string) bool { return false }, decision.TextTest{Test: decision.Other}}
)

func (k textKind) match(want string, fold bool) Text {
	if !fold {
		return Text{func(v string) bool { return k.test(v, want) }, decision.TextTest{Test: k.is, Value: want}}
	}
	lower := strings.ToLower(want)
	return Text{func(v string) bool { return k.test(strings.ToLower(v), lower) }, decision.TextTest{Test: k.is, Value: want, AnyCase: true}}
}

// FullRegex matches a whole value, as Envoy does wherever a regular expression decides. A pattern that is not RE2,
// which Envoy would not load, matches nothing.
func FullRegex(pattern string) Text {
	whole, err := automaton.Whole(pattern)
	if err != nil {
		return unknownMatcher
	}
	re, err := Compile(whole, 0)
	if err != nil {
		return unknownMatcher
	}
	test := re.MatchString
	if large(pattern) {
		test = func(value string) bool {
			re, err := Compile(whole, 0)
			return err == nil && re.MatchString(value)
		}
	}
	return Text{test, decision.TextTest{Test: decision.Matches, Value: pattern}}
}

// NewText compiles a string matcher.
func NewText(m *matcherv3.StringMatcher) Text {
	fold := m.GetIgnoreCase()
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.StringMatcher_Exact:
		return exact.match(p.Exact, fold)
	case *matcherv3.StringMatcher_Prefix:
		return prefixText.match(p.Prefix, fold)
	case *matcherv3.StringMatcher_Suffix:
		return suffix.match(p.Suffix, fold)
	case *matcherv3.StringMatcher_Contains:
		return contains.match(p.Contains, fold)
	case *matcherv3.StringMatcher_SafeRegex:
		return FullRegex(p.SafeRegex.GetRegex())
	}
	return unknownMatcher
}

// A Condition is one test of a request beside its path.
type Condition struct {
	Test func(*request.Request) bool
	Says decision.Condition
}

// NewHeader compiles a header matcher. Of a header that is given several times one value must match. A header that is
// absent fails every test but that of its absence, inverted or not, unless the matcher treats it as empty.
func NewHeader(m *routev3.HeaderMatcher) Condition { return newHeader(m, (*request.Request).Values) }

// NewRouteHeader is [NewHeader] for what chooses a route. Authorization compares each value in every release: Envoy's older
// ones were repaired (CVE-2026-26308).
func NewRouteHeader(m *routev3.HeaderMatcher) Condition {
	return newHeader(m, (*request.Request).RouteValues)
}

func newHeader(m *routev3.HeaderMatcher, given func(*request.Request, string) []string) Condition {
	name, invert, empty := strings.ToLower(m.GetName()), m.GetInvertMatch(), m.GetTreatMissingHeaderAsEmpty()
	if want, ok := presence(m); ok {
		return Condition{
			Test: func(r *request.Request) bool { _, there := r.Get(name); return ((there || empty) == want) != invert },
			Says: decision.Condition{Subject: decision.Header, Name: name, Text: present(want != invert)},
		}
	}
	text := headerText(m)
	return Condition{
		Test: func(r *request.Request) bool {
			values := given(r, name)
			if len(values) == 0 && empty {
				values = []string{""}
			}
			return len(values) > 0 && slices.ContainsFunc(values, text.Test) != invert
		},
		Says: decision.Condition{Subject: decision.Header, Name: name, Text: text.Says, Inverted: invert},
	}
}

// present is the test of presence or, with false, absence.
func present(want bool) decision.TextTest {
	if want {
		return decision.TextTest{Test: decision.Present}
	}
	return decision.TextTest{Test: decision.Absent}
}

// presence reports whether a matcher asks for presence alone, and which.
func presence(m *routev3.HeaderMatcher) (want, ok bool) {
	switch p := m.GetHeaderMatchSpecifier().(type) {
	case nil:
		return true, true
	case *routev3.HeaderMatcher_PresentMatch:
		return p.PresentMatch, true
	}
	return false, false
}

func headerText(m *routev3.HeaderMatcher) Text {
	switch p := m.GetHeaderMatchSpecifier().(type) {
	case *routev3.HeaderMatcher_StringMatch:
		return NewText(p.StringMatch)
	case *routev3.HeaderMatcher_ExactMatch:
		return exact.match(p.ExactMatch, false)
	case *routev3.HeaderMatcher_PrefixMatch:
		return prefixText.match(p.PrefixMatch, false)
	case *routev3.HeaderMatcher_SuffixMatch:
		return suffix.match(p.SuffixMatch, false)
	case *routev3.HeaderMatcher_ContainsMatch:
		return contains.match(p.ContainsMatch, false)
	case *routev3.HeaderMatcher_SafeRegexMatch:
		return FullRegex(p.SafeRegexMatch.GetRegex())
	case *routev3.HeaderMatcher_RangeMatch:
		return inRange(p.RangeMatch.GetStart(), p.RangeMatch.GetEnd())
	}
	return unknownMatcher
}

// inRange matches whole numbers from start up to, but not including, end.
func inRange(start, end int64) Text {
	return Text{func(v string) bool {
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && n >= start && n < end
	}, decision.TextTest{Test: decision.InRange, Start: start, End: end}}
}

// newQuery compiles a query parameter matcher. Of a parameter that is given twice, the first counts.
func newQuery(m *routev3.QueryParameterMatcher) Condition {
	name := m.GetName()
	if m.GetStringMatch() == nil {
		want := m.GetQueryParameterMatchSpecifier() == nil || m.GetPresentMatch()
		return Condition{
			Test: func(r *request.Request) bool { _, there := r.Parameter(name); return there == want },
			Says: decision.Condition{Subject: decision.Query, Name: name, Text: present(want)},
		}
	}
	text := NewText(m.GetStringMatch())
	return Condition{
		Test: func(r *request.Request) bool { v, there := r.Parameter(name); return there && text.Test(v) },
		Says: decision.Condition{Subject: decision.Query, Name: name, Text: text.Says},
	}
}

// newCookie compiles a cookie matcher. An absent cookie matches only an inverted one.
func newCookie(m *routev3.CookieMatcher) Condition {
	text, name, invert := NewText(m.GetStringMatch()), m.GetName(), m.GetInvertMatch()
	return Condition{
		Test: func(r *request.Request) bool { v, there := r.Cookie(name); return (there && text.Test(v)) != invert },
		Says: decision.Condition{Subject: decision.Cookie, Name: name, Text: text.Says, Inverted: invert},
	}
}

var isGRPC = Condition{(*request.Request).Grpc, decision.Condition{Subject: decision.GRPCRequest}}

// Mapped is the list of what a function makes of each element.
func Mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// AllOf reports whether all elements meet a test.
func AllOf[T any](list []T, test func(T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !test(v) })
}
