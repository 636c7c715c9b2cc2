package match

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// A PathRule is the path test of a route, and the text that it matched, which a prefix rewrite replaces.
type PathRule struct {
	Condition
	Matched func(path string) int // the length of what was matched
}

// NewPathRule compiles the path test. Paths are matched without their query.
func NewPathRule(m *routev3.RouteMatch) PathRule {
	fold := m.GetCaseSensitive() != nil && !m.GetCaseSensitive().GetValue()
	fixed := func(n int) func(string) int { return func(string) int { return n } }
	whole := func(path string) int { return len(request.CutQuery(path)) }
	switch p := m.GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return PathRule{onPath(prefixText.match(p.Prefix, fold)), fixed(len(p.Prefix))}
	case *routev3.RouteMatch_Path:
		return PathRule{onPath(exact.match(p.Path, fold)), whole}
	case *routev3.RouteMatch_SafeRegex:
		return PathRule{onPath(FullRegex(p.SafeRegex.GetRegex())), whole}
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return PathRule{onPath(below(p.PathSeparatedPrefix, fold)), fixed(len(p.PathSeparatedPrefix))}
	case *routev3.RouteMatch_ConnectMatcher_:
		return PathRule{Condition{func(r *request.Request) bool { return r.Method == "CONNECT" }, decision.Condition{Subject: decision.ConnectRequest}}, fixed(0)}
	case *routev3.RouteMatch_PathMatchPolicy:
		return PathRule{onPath(URITemplate(p.PathMatchPolicy.GetTypedConfig())), whole}
	}
	return PathRule{onPath(unknownMatcher), whole}
}

// onPath makes a text match a test of the path, which a request without a path (CONNECT) fails.
func onPath(t Text) Condition {
	return Condition{func(r *request.Request) bool { return r.Path != "" && t.Test(r.PathOnly()) }, decision.Condition{Subject: decision.Path, Text: t.Says}}
}

// below matches whole path segments: "/api" matches "/api" and "/api/x" but not "/apis".
func below(prefix string, fold bool) Text {
	begins := prefixText.match(prefix, fold)
	return Text{
		func(path string) bool {
			return begins.Test(path) && (len(path) == len(prefix) || path[len(prefix)] == '/')
		},
		decision.TextTest{Test: decision.IsOrBelow, Value: prefix},
	}
}

// URITemplate compiles a path template of a policy.
func URITemplate(config *anypb.Any) Text {
	template := TemplateOf(config)
	re, ok := TemplateRegex(template)
	if !ok {
		return unknownMatcher
	}
	return Text{re.MatchString, decision.TextTest{Test: decision.MatchesTemplate, Value: template}}
}
