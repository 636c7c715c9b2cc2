package route

import (
	"fmt"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// A Route is one entry of a virtual host, ready to be matched and followed.
type Route struct {
	Proto       *routev3.Route
	Name        string
	Label       string // the name, or the place where it has none
	Demands     *decision.RouteMatch
	Addr        envoy.Addr
	conditions  []match.Condition // the path first
	Share       float64           // of the requests that match it: its runtime fraction
	Path        match.PathRule
	Action      *forwardAction
	Redirect    *redirect
	Headers     HeaderOperations // request and response, of the route, the virtual host and the table
	filters     []perFilter      // of the route, the virtual host and the table
	Unsupported []string
	Unmatched   []string // what its match asks for and sem does not read
}

func newRoute(c *routev3.RouteConfiguration, v *routev3.VirtualHost, i int) *Route {
	p := v.GetRoutes()[i]
	m := p.GetMatch()
	r := &Route{
		Proto: p, Name: p.GetName(), Label: routeLabel(p.GetName(), i, len(v.GetRoutes())), Addr: envoy.Route(c.GetName(), v.GetName(), i),
		Path: match.NewPathRule(m), Share: match.Fraction(m.GetRuntimeFraction().GetDefaultValue(), 1),
		Headers: newHeaderOperations(c, v, p, nil), filters: newPerFilters(c, v, p),
	}
	r.conditions = append([]match.Condition{r.Path.Condition}, match.NewConditions(m)...)
	r.Demands = r.demands()
	r.Unsupported, r.Unmatched = decision.UnsupportedInRoute(p, "route "+r.Label), decision.UnsupportedFields(m, "the match of route "+r.Label)
	if a := p.GetRoute(); a != nil {
		r.Action = newForwardAction(c, v, p, a)
	}
	if d := p.GetRedirect(); d != nil {
		r.Redirect = newRedirect(d)
	}
	return r
}

// Matches reports whether the request meets every condition, and which it fails first.
func (t *Route) Matches(r *request.Request) (decision.Condition, bool) {
	for _, c := range t.conditions {
		if !c.Test(r) {
			return c.Says, false
		}
	}
	return decision.Condition{}, true
}

// demands is what the route demands of a request.
func (t *Route) demands() *decision.RouteMatch {
	out := &decision.RouteMatch{}
	for _, c := range t.conditions {
		out.Conditions = append(out.Conditions, c.Says)
	}
	return out
}

// routeLabel names a route where it has no name of its own.
func routeLabel(name string, i, of int) string {
	if name != "" {
		return name
	}
	return fmt.Sprintf("rule %d of %d", i+1, of)
}
