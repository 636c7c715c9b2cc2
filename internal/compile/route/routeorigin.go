package route

import (
	"fmt"
	"strings"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// matchOrigins are the origins of a match: of its values, and of the names of headers and parameters. Delegation makes
// one match of two.
func matchOrigins(m *routing.HTTPMatch) []envoy.Origin {
	var out []envoy.Origin
	for _, at := range m.At {
		out = append(out, origin.DefinesTreeAt(at)...)
		for _, list := range [][]routing.NamedMatch{m.Headers, m.WithoutHeaders, m.QueryParams} {
			for _, named := range list {
				if named.At.Object == at.Object && strings.HasPrefix(named.At.Field, at.Field+".") {
					out = append(out, origin.DefinesField(named.At))
				}
			}
		}
	}
	return out
}

// ruleOrigins are the origins of the route that a match of a rule makes, and of its parts.
func ruleOrigins(view *mesh.View, r *routing.HTTPRule, match *routing.HTTPMatch) origin.List {
	var out origin.List
	out.Add("", origin.DefinesField(r.At))
	if r.Name.At != r.At { // the Gateway API's rules have a name by default
		out.AddFields("", r.Name.At)
	}
	if r.Root.Known() {
		out.Add("", origin.Modifies(r.Root.Object, r.Root.Join("delegate").Field))
	}
	for _, lost := range r.Replaced {
		out.Add("", origin.Overridden(lost))
	}
	if match != nil {
		out.Add("match", matchOrigins(match)...)
	}
	out.AddFields("redirect", r.Redirect.At)
	out.AddFields("response", r.DirectResponse.At)
	out.AddFields("rewrite", r.Rewrite.At)
	out.AddFields("rewrite/path", r.Rewrite.Path.At, r.Rewrite.Regex.At)
	out.AddFields("rewrite/authority", r.Rewrite.Authority.At)
	out.AddFields("timeout", r.Timeout.At)
	out.AddFields("retry", r.Retries.At)
	out.AddFields("fault", r.Fault.At)
	out.AddFields("cors", r.CORS.At)
	out.AddFields("headers", r.Headers.At)
	for i, m := range r.Mirrors {
		out.AddFields(fmt.Sprintf("mirror/%d", i), m.At...)
	}
	if !r.Retries.IsSet() {
		out.Add("retry", origin.Setting(view, "defaultHttpRetryPolicy")...)
	}
	destinationsOrigins(view, &out, r.Destinations)
	return out
}

// unreached are the matches and rules behind the j-th match of the first rule, which matches every request. They would
// apply at this place, but no request gets to them.
func unreached(view *mesh.View, rules []*routing.HTTPRule, j int, scope Scope) origin.List {
	var out origin.List
	lose := func(at config.Place) {
		out.Add("", origin.Overridden(at.Ignore("an earlier route matches every request")))
	}
	for k, m := range matchesOf(rules[0]) {
		if k > j && appliesHere(view, m, scope) {
			lose(m.At[0])
		}
	}
	for _, r := range rules[1:] {
		if ruleApplies(view, r, scope) {
			lose(r.At)
		}
	}
	return out
}

// destinationsOrigins are the origins of the destinations of a rule and of what chooses their endpoints. They are
// numbered as Envoy gets them, without those of weight 0.
func destinationsOrigins(view *mesh.View, out *origin.List, to []routing.Destination) {
	n := 0
	for _, d := range to {
		if len(to) > 1 && d.Weight == 0 {
			continue
		}
		out.Add(origin.Destination(n), origin.DefinesTreeAt(d.At)...)
		out.Add("hash", destinationHash(view, d).origins()...)
		n++
	}
}

// serviceOrigins returns where the route of a service that no VirtualService speaks for is written.
func serviceOrigins(view *mesh.View, s *mesh.Service, port *mesh.Port) origin.List {
	var out origin.List
	out.Add("", origin.DefinesPort(s, port))
	out.Add("retry", origin.Setting(view, "defaultHttpRetryPolicy")...)
	out.Add("hash", serviceHash(view, s, port).origins()...)
	return out
}
