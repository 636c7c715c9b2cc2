package simulate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// A textMatch is a string matcher: the test, and what it says in a user's words (`is "x"`, `starts with "x"`).
type textMatch struct {
	test func(string) bool
	says string
}

// A textKind is one kind of string matcher.
type textKind struct {
	test func(value, want string) bool
	says string
}

var (
	exactly        = textKind{func(v, want string) bool { return v == want }, "is"}
	beginning      = textKind{strings.HasPrefix, "starts with"}
	ending         = textKind{strings.HasSuffix, "ends with"}
	containing     = textKind{strings.Contains, "contains"}
	caseless       = " (in any case)"
	unknownMatcher = textMatch{func(string) bool { return false }, "has a matcher that sem does not know"}
)

func (k textKind) match(want string, fold bool) textMatch {
	if !fold {
		return textMatch{func(v string) bool { return k.test(v, want) }, fmt.Sprintf("%s %q", k.says, want)}
	}
	lower := strings.ToLower(want)
	return textMatch{func(v string) bool { return k.test(strings.ToLower(v), lower) }, fmt.Sprintf("%s %q%s", k.says, want, caseless)}
}

// fullRegex matches a whole value, as Envoy does wherever a regular expression decides. A pattern that is not RE2,
// which Envoy would not load, matches nothing.
func fullRegex(pattern string) textMatch {
	re, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return unknownMatcher
	}
	return textMatch{re.MatchString, fmt.Sprintf("matches %q", pattern)}
}

func newTextMatch(m *matcherv3.StringMatcher) textMatch {
	fold := m.GetIgnoreCase()
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.StringMatcher_Exact:
		return exactly.match(p.Exact, fold)
	case *matcherv3.StringMatcher_Prefix:
		return beginning.match(p.Prefix, fold)
	case *matcherv3.StringMatcher_Suffix:
		return ending.match(p.Suffix, fold)
	case *matcherv3.StringMatcher_Contains:
		return containing.match(p.Contains, fold)
	case *matcherv3.StringMatcher_SafeRegex:
		return fullRegex(p.SafeRegex.GetRegex())
	}
	return unknownMatcher
}

// A condition is one test of a request beside its path.
type condition struct {
	test func(*request) bool
	says string
}

// newHeader compiles a header matcher. Of a header that is given several times one value must match. A header that is
// absent fails every test but that of its absence, inverted or not, unless the matcher treats it as empty.
func newHeader(m *routev3.HeaderMatcher) condition {
	name, invert, empty := strings.ToLower(m.GetName()), m.GetInvertMatch(), m.GetTreatMissingHeaderAsEmpty()
	if want, ok := presence(m); ok {
		return condition{
			test: func(r *request) bool { _, there := r.get(name); return ((there || empty) == want) != invert },
			says: fmt.Sprintf("header %s is %s", name, map[bool]string{true: "present", false: "absent"}[want != invert]),
		}
	}
	text := headerText(m)
	return condition{
		test: func(r *request) bool {
			values := r.values(name)
			if len(values) == 0 && empty {
				values = []string{""}
			}
			return len(values) > 0 && anyOf(values, text.test) != invert
		},
		says: denied(fmt.Sprintf("header %s %s", name, text.says), invert),
	}
}

// denied turns a test's words round where the test is inverted.
func denied(says string, invert bool) string {
	if invert {
		return "not (" + says + ")"
	}
	return says
}

// presence says whether a matcher asks for presence alone, and which.
func presence(m *routev3.HeaderMatcher) (want, ok bool) {
	switch p := m.GetHeaderMatchSpecifier().(type) {
	case nil:
		return true, true
	case *routev3.HeaderMatcher_PresentMatch:
		return p.PresentMatch, true
	}
	return false, false
}

func headerText(m *routev3.HeaderMatcher) textMatch {
	switch p := m.GetHeaderMatchSpecifier().(type) {
	case *routev3.HeaderMatcher_StringMatch:
		return newTextMatch(p.StringMatch)
	case *routev3.HeaderMatcher_ExactMatch:
		return exactly.match(p.ExactMatch, false)
	case *routev3.HeaderMatcher_PrefixMatch:
		return beginning.match(p.PrefixMatch, false)
	case *routev3.HeaderMatcher_SuffixMatch:
		return ending.match(p.SuffixMatch, false)
	case *routev3.HeaderMatcher_ContainsMatch:
		return containing.match(p.ContainsMatch, false)
	case *routev3.HeaderMatcher_SafeRegexMatch:
		return fullRegex(p.SafeRegexMatch.GetRegex())
	case *routev3.HeaderMatcher_RangeMatch:
		return inRange(p.RangeMatch.GetStart(), p.RangeMatch.GetEnd())
	}
	return unknownMatcher
}

// inRange matches whole numbers from start up to, but not including, end.
func inRange(start, end int64) textMatch {
	return textMatch{func(v string) bool {
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && n >= start && n < end
	}, fmt.Sprintf("is a number from %d to %d", start, end-1)}
}

// newQuery compiles a query parameter matcher. Of a parameter that is given twice, the first counts.
func newQuery(m *routev3.QueryParameterMatcher) condition {
	name := m.GetName()
	if m.GetStringMatch() == nil {
		want := m.GetQueryParameterMatchSpecifier() == nil || m.GetPresentMatch()
		return condition{
			test: func(r *request) bool { _, there := r.parameter(name); return there == want },
			says: fmt.Sprintf("query parameter %s is %s", name, map[bool]string{true: "present", false: "absent"}[want]),
		}
	}
	text := newTextMatch(m.GetStringMatch())
	return condition{
		test: func(r *request) bool { v, there := r.parameter(name); return there && text.test(v) },
		says: fmt.Sprintf("query parameter %s %s", name, text.says),
	}
}

// newCookie compiles a cookie matcher. An absent cookie matches only an inverted one.
func newCookie(m *routev3.CookieMatcher) condition {
	text, name, invert := newTextMatch(m.GetStringMatch()), m.GetName(), m.GetInvertMatch()
	return condition{
		test: func(r *request) bool { v, there := r.cookie(name); return (there && text.test(v)) != invert },
		says: denied(fmt.Sprintf("cookie %s %s", name, text.says), invert),
	}
}

var isGRPC = condition{(*request).grpc, "it is a gRPC call"}
