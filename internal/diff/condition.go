package diff

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/simulate/decision"
)

// A condition is one test that a route makes of one part of a request.
type condition struct {
	says     decision.Condition
	key      string
	about    string   // the part of the request
	strings  language // that meet it; nil where presence alone counts, or where nothing is known
	absent   bool     // a request without the part meets it
	opaque   bool     // what meets it is not known
	presence bool     // it asks whether the part is there, and nothing else
}

// Opaque names a test that the search does not model.
func opaque(m proto.Message, subject decision.Subject) *condition {
	key := "? " + text(tree(m))
	return &condition{says: decision.Condition{Subject: subject}, key: key, about: key, opaque: true}
}

// conditionsOf returns what a route demands of a request.
func conditionsOf(m *routev3.RouteMatch) []*condition {
	out := pathConditions(m)
	for _, h := range m.GetHeaders() {
		out = append(out, headerCondition(h))
	}
	for _, q := range m.GetQueryParameters() {
		out = append(out, queryCondition(q))
	}
	rest := without(m, "prefix", "path", "safe_regex", "connect_matcher", "path_separated_prefix", "path_match_policy", "headers", "query_parameters", "case_sensitive")
	if proto.Size(rest) > 0 {
		out = append(out, opaque(rest, decision.FilterState))
	}
	return out
}

const aboutPath = "path"

func pathConditions(m *routev3.RouteMatch) []*condition {
	t := decision.TextTest{AnyCase: m.GetCaseSensitive() != nil && !m.GetCaseSensitive().GetValue()}
	switch p := m.GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		if p.Prefix == "/" || p.Prefix == "" {
			return nil
		}
		t.Test, t.Value = decision.StartsWith, p.Prefix
	case *routev3.RouteMatch_Path:
		t.Test, t.Value = decision.Is, p.Path
	case *routev3.RouteMatch_SafeRegex:
		t = decision.TextTest{Test: decision.Matches, Value: p.SafeRegex.GetRegex()}
	case *routev3.RouteMatch_PathSeparatedPrefix:
		t.Test, t.Value = decision.IsOrBelow, p.PathSeparatedPrefix
	default:
		return []*condition{opaque(m, decision.Path)}
	}
	return []*condition{newCondition(decision.Condition{Subject: decision.Path, Text: t}, aboutPath, false)}
}

// newCondition is a test of a text; one that no automaton decides is opaque.
func newCondition(says decision.Condition, about string, absent bool) *condition {
	c := &condition{says: says, about: about, absent: absent, key: text(says)}
	if c.presence = says.Text.Test == decision.Present || says.Text.Test == decision.Absent; c.presence {
		return c
	}
	var ok bool
	if c.strings, ok = languageOf(says.Text); !ok {
		c.opaque = true
	}
	return c
}

func headerCondition(m *routev3.HeaderMatcher) *condition {
	name := strings.ToLower(m.GetName())
	says := decision.Condition{Subject: decision.Header, Name: name}
	about := "header " + name
	empty, invert := m.GetTreatMissingHeaderAsEmpty(), m.GetInvertMatch()
	switch p := m.GetHeaderMatchSpecifier().(type) {
	case nil:
		return presenceOf(says, about, !invert, empty)
	case *routev3.HeaderMatcher_PresentMatch:
		return presenceOf(says, about, p.PresentMatch != invert, empty)
	case *routev3.HeaderMatcher_StringMatch:
		says.Text, says.Inverted = textOf(p.StringMatch), invert
	default:
		return opaque(m, decision.Header)
	}
	if strings.HasPrefix(name, ":") && name != ":method" && name != ":authority" && name != ":scheme" {
		c := opaque(m, decision.Header)
		c.says = says
		return c
	}
	c := newCondition(says, about, false)
	c.absent = empty && !c.opaque && c.strings.Has("") != invert
	return c
}

func presenceOf(says decision.Condition, about string, want, empty bool) *condition {
	says.Text.Test = decision.Present
	if !want {
		says.Text.Test = decision.Absent
	}
	c := newCondition(says, about, want == empty)
	c.opaque = empty
	return c
}

func queryCondition(m *routev3.QueryParameterMatcher) *condition {
	says := decision.Condition{Subject: decision.Query, Name: m.GetName()}
	about := "query " + m.GetName()
	if m.GetStringMatch() == nil {
		return presenceOf(says, about, m.GetQueryParameterMatchSpecifier() == nil || m.GetPresentMatch(), false)
	}
	says.Text = textOf(m.GetStringMatch())
	return newCondition(says, about, false)
}

func textOf(m *matcherv3.StringMatcher) decision.TextTest {
	t := decision.TextTest{AnyCase: m.GetIgnoreCase(), Test: decision.Other}
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.StringMatcher_Exact:
		t.Test, t.Value = decision.Is, p.Exact
	case *matcherv3.StringMatcher_Prefix:
		t.Test, t.Value = decision.StartsWith, p.Prefix
	case *matcherv3.StringMatcher_Suffix:
		t.Test, t.Value = decision.EndsWith, p.Suffix
	case *matcherv3.StringMatcher_Contains:
		t.Test, t.Value = decision.Contains, p.Contains
	case *matcherv3.StringMatcher_SafeRegex:
		t = decision.TextTest{Test: decision.Matches, Value: p.SafeRegex.GetRegex()}
	}
	return t
}
