package simulate

import (
	"fmt"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/envoy"
)

// A route is one entry of a virtual host, ready to be matched and followed.
type route struct {
	proto      *routev3.Route
	name       string
	label      string // the name, or the place where it has none
	says       string // what it demands, for a step
	addr       envoy.Addr
	conditions []condition // the path first
	share      float64     // of the requests that match it: its runtime fraction
	path       pathRule
	action     *action
	redirect   *redirect
	headers    headerPlan  // request and response, of the route, the virtual host and the table
	filters    []perFilter // of the route, the virtual host and the table
	unread     []string
	unmatched  []string // what its match asks for and sem does not read
}

// A pathRule is the path test of a route, and the text that it matched, which a prefix rewrite replaces.
type pathRule struct {
	condition
	matched func(path string) int // the length of what was matched
}

func newRoute(c *routev3.RouteConfiguration, v *routev3.VirtualHost, i int) *route {
	p := v.GetRoutes()[i]
	m := p.GetMatch()
	r := &route{
		proto: p, name: p.GetName(), label: routeLabel(p.GetName(), i, len(v.GetRoutes())), addr: envoy.Route(c.GetName(), v.GetName(), i),
		path: newPathRule(m), share: fraction(m.GetRuntimeFraction().GetDefaultValue(), 1),
		headers: newHeaderPlan(c, v, p, nil), filters: newPerFilters(c, v, p),
	}
	r.conditions = append([]condition{r.path.condition}, newConditions(m)...)
	r.says = r.words()
	r.unread, r.unmatched = unreadRoute(p, "route "+r.label), unread(m, "the match of route "+r.label)
	if a := p.GetRoute(); a != nil {
		r.action = newAction(c, v, p, a)
	}
	if d := p.GetRedirect(); d != nil {
		r.redirect = newRedirect(d)
	}
	return r
}

// newConditions compiles what a route demands beside the path.
func newConditions(m *routev3.RouteMatch) []condition {
	var out []condition
	if m.GetGrpc() != nil {
		out = append(out, isGRPC)
	}
	for _, h := range m.GetHeaders() {
		out = append(out, newHeader(h))
	}
	for _, q := range m.GetQueryParameters() {
		out = append(out, newQuery(q))
	}
	for _, c := range m.GetCookies() {
		out = append(out, newCookie(c))
	}
	if t := m.GetTlsContext(); t != nil {
		out = append(out, newPeerCondition(t)...)
	}
	for _, d := range m.GetDynamicMetadata() {
		test := newMetadata(d)
		out = append(out, condition{func(r *request) bool { return test(r.metadata) }, metadataWords(d)})
	}
	if len(m.GetFilterState()) > 0 {
		out = append(out, condition{func(*request) bool { return false }, "a filter has set a state that sem does not model"})
	}
	return out
}

func newPeerCondition(t *routev3.RouteMatch_TlsContextMatchOptions) []condition {
	var out []condition
	if want := t.GetPresented(); want != nil {
		out = append(out, condition{func(r *request) bool { return (r.principal != "") == want.GetValue() }, "the client shows a certificate"})
	}
	if want := t.GetValidated(); want != nil {
		out = append(out, condition{func(r *request) bool { return (r.principal != "") == want.GetValue() }, "the client's certificate is valid"})
	}
	return out
}

// newPathRule compiles the path test. Paths are matched without their query.
func newPathRule(m *routev3.RouteMatch) pathRule {
	fold := m.GetCaseSensitive() != nil && !m.GetCaseSensitive().GetValue()
	fixed := func(n int) func(string) int { return func(string) int { return n } }
	whole := func(path string) int { return len(cutQuery(path)) }
	switch p := m.GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return pathRule{onPath(beginning.match(p.Prefix, fold)), fixed(len(p.Prefix))}
	case *routev3.RouteMatch_Path:
		return pathRule{onPath(exactly.match(p.Path, fold)), whole}
	case *routev3.RouteMatch_SafeRegex:
		return pathRule{onPath(fullRegex(p.SafeRegex.GetRegex())), whole}
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return pathRule{onPath(below(p.PathSeparatedPrefix, fold)), fixed(len(p.PathSeparatedPrefix))}
	case *routev3.RouteMatch_ConnectMatcher_:
		return pathRule{condition{func(r *request) bool { return r.method == "CONNECT" }, "it is a CONNECT request"}, fixed(0)}
	case *routev3.RouteMatch_PathMatchPolicy:
		return pathRule{onPath(uriTemplate(p.PathMatchPolicy.GetTypedConfig())), whole}
	}
	return pathRule{onPath(unknownMatcher), whole}
}

// onPath makes a text match a test of the path.
func onPath(t textMatch) condition {
	return condition{func(r *request) bool { return t.test(r.pathOnly()) }, "path " + t.says}
}

// below matches whole path segments: "/api" matches "/api" and "/api/x" but not "/apis".
func below(prefix string, fold bool) textMatch {
	begins := beginning.match(prefix, fold)
	return textMatch{
		func(path string) bool {
			return begins.test(path) && (len(path) == len(prefix) || path[len(prefix)] == '/')
		},
		fmt.Sprintf("is %q or below", prefix),
	}
}

func uriTemplate(config *anypb.Any) textMatch {
	template := templateOf(config)
	re, ok := templateRegex(template)
	if !ok {
		return unknownMatcher
	}
	return textMatch{re.MatchString, fmt.Sprintf("matches the template %q", template)}
}

// matches says whether the request meets every condition, and which it fails first.
func (t *route) matches(r *request) (string, bool) {
	for _, c := range t.conditions {
		if !c.test(r) {
			return c.says, false
		}
	}
	return "", true
}

// words says what the route demands.
func (t *route) words() string {
	says := make([]string, len(t.conditions))
	for i, c := range t.conditions {
		says[i] = c.says
	}
	return strings.Join(says, " and ")
}

// routeLabel names a route where it has no name of its own.
func routeLabel(name string, i, of int) string {
	if name != "" {
		return name
	}
	return fmt.Sprintf("rule %d of %d", i+1, of)
}
