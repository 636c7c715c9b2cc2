package rbac

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// A subjectTest is one test of what is asked and by whom.
type subjectTest struct {
	holds func(*Input) bool
	// fails is the clause that keeps the test from coming out as wanted; nil where there is nothing to compare.
	fails func(s *Input, wanted bool) *decision.FailedClause
}

// fixed comes out the same for every call.
func fixed(value bool) subjectTest {
	return subjectTest{
		func(*Input) bool { return value },
		func(*Input, bool) *decision.FailedClause { return nil },
	}
}

// onText tests a value of the call, which may lack it.
func onText(attribute string, text match.Text, value func(*Input) (string, bool)) subjectTest {
	return compared(attribute, text.Says, value, func(s *Input) bool { v, ok := value(s); return ok && text.Test(v) })
}

// compared is a test of one value.
func compared(attribute string, says decision.TextTest, value func(*Input) (string, bool), holds func(*Input) bool) subjectTest {
	return subjectTest{holds, func(s *Input, wanted bool) *decision.FailedClause {
		got, _ := value(s)
		return &decision.FailedClause{Attribute: attribute, Tests: []decision.TextTest{says}, Got: got, Not: !wanted}
	}}
}

func every(tests []subjectTest) subjectTest {
	return subjectTest{
		func(s *Input) bool { return match.AllOf(tests, func(t subjectTest) bool { return t.holds(s) }) },
		func(s *Input, wanted bool) *decision.FailedClause { return failing(tests, s, wanted, !wanted) },
	}
}

func either(tests []subjectTest) subjectTest {
	return subjectTest{
		func(s *Input) bool {
			return slices.ContainsFunc(tests, func(t subjectTest) bool { return t.holds(s) })
		},
		func(s *Input, wanted bool) *decision.FailedClause { return failing(tests, s, wanted, wanted) },
	}
}

// failing is the first clause of tests that do not come out as wanted; with alternatives it lists what all those about the
// same value want.
func failing(tests []subjectTest, s *Input, wanted, alternatives bool) *decision.FailedClause {
	var out *decision.FailedClause
	for _, t := range tests {
		if t.holds(s) == wanted {
			continue
		}
		switch c := t.fails(s, wanted); {
		case c == nil:
		case out == nil:
			out = c
		case alternatives && c.Attribute == out.Attribute && c.Not == out.Not:
			list(out, c)
		}
		if out != nil && !alternatives {
			break
		}
	}
	return out
}

// mostTests is how many values a clause lists: traces of one rule with thousands would take gigabytes.
const mostTests = 100

// list adds what another clause about the same value wants.
func list(to, from *decision.FailedClause) {
	n := min(len(from.Tests), mostTests-len(to.Tests))
	to.More += from.More + len(from.Tests) - n
	to.Tests = append(to.Tests, from.Tests[:n]...)
}

func not(t subjectTest) subjectTest {
	return subjectTest{
		func(s *Input) bool { return !t.holds(s) },
		func(s *Input, wanted bool) *decision.FailedClause { return t.fails(s, !wanted) },
	}
}

// authenticated matches the identity of the client's certificate; over TLS without one the identity is empty.
func authenticated(a *rbacv3.Principal_Authenticated) subjectTest {
	peer := func(s *Input) (string, bool) { return s.Conn.Peer, s.Conn.Decrypted }
	if a.GetPrincipalName() == nil {
		return compared("source.principal", decision.TextTest{Test: decision.Present}, peer, func(s *Input) bool { return s.Conn.Decrypted })
	}
	return onText("source.principal", match.NewText(a.GetPrincipalName()), peer)
}

// onHeader tests a header, which plain TCP lacks.
func onHeader(m *routev3.HeaderMatcher) subjectTest {
	header, name := match.NewHeader(m), strings.ToLower(m.GetName())
	value := func(s *Input) (string, bool) { return cmp.Or(s.Req, bare).Get(name) }
	t := compared(headerAttribute(name), header.Says.Text, value, func(s *Input) bool { return header.Test(cmp.Or(s.Req, bare)) })
	if m.GetInvertMatch() && header.Says.Inverted {
		fails := t.fails
		t.fails = func(s *Input, wanted bool) *decision.FailedClause { return fails(s, !wanted) }
	}
	return t
}

// headerAttribute names what a header holds; pseudo headers are attributes themselves.
func headerAttribute(name string) string {
	switch name {
	case ":method":
		return "request.method"
	case ":authority", "host":
		return "request.host"
	case ":path":
		return "request.path"
	}
	return "request.headers[" + name + "]"
}

// bare stands for the request where there is none.
var bare = &request.Request{}

// ofPath is false for plain TCP, which has no path.
func ofPath(text match.Text) subjectTest {
	return onText("request.path", text, func(s *Input) (string, bool) { return cmp.Or(s.Req, bare).PathOnly(), s.Req != nil })
}

// onPort tests the port that the client connects to, the end left out.
func onPort(start, end uint32) subjectTest {
	says := decision.TextTest{Test: decision.InRange, Start: int64(start), End: int64(end)}
	port := func(s *Input) uint32 { return uint32(s.Conn.Destination.Port()) }
	return compared("destination.port", says, func(s *Input) (string, bool) { return strconv.Itoa(int(port(s))), true },
		func(s *Input) bool { return port(s) >= start && port(s) < end })
}

func within(attribute string, r *corev3.CidrRange, address func(*Input) netip.Addr) subjectTest {
	p, ok := match.Prefix(r)
	value := func(s *Input) (string, bool) {
		if a := address(s); a.IsValid() {
			return a.String(), true
		}
		return "", false
	}
	return compared(attribute, decision.TextTest{Test: decision.Is, Value: p.String()}, value, func(s *Input) bool { return ok && p.Contains(address(s)) })
}

// metadata tests what filters learnt of a request, such as the claims of its token.
func metadata(m *matcherv3.MetadataMatcher) subjectTest {
	test := match.NewMetadata(m)
	keys := match.Mapped(m.GetPath(), func(p *matcherv3.MetadataMatcher_PathSegment) string { return p.GetKey() })
	value := func(s *Input) (string, bool) {
		if s.Req == nil {
			return "", false
		}
		text, ok := match.MetadataValue(m, s.Req.Metadata).(string)
		return text, ok
	}
	return compared("metadata."+strings.Join(keys, "."), match.ValueText(m.GetValue()), value,
		func(s *Input) bool { return s.Req != nil && test(s.Req.Metadata) })
}
