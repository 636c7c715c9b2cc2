package compile

import (
	"strings"

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
		out = append(out, spelledAt(at)...)
		for _, list := range [][]routing.NamedMatch{m.Headers, m.WithoutHeaders, m.QueryParams} {
			for _, named := range list {
				if named.At.Object == at.Object && strings.HasPrefix(named.At.Field, at.Field+".") {
					out = append(out, definesField(named.At))
				}
			}
		}
	}
	return out
}

// ruleOrigins are the origins of the route that a match of a rule makes, and of its parts.
func (c *Compiler) ruleOrigins(r *routing.HTTPRule, match *routing.HTTPMatch) trail {
	var out trail
	out.add("", definesField(r.At))
	out.set("", r.Name.At)
	if r.Root.Known() {
		out.add("", modifies(r.Root.Object, r.Root.Join("delegate").Field))
	}
	if match != nil {
		out.add("match", matchOrigins(match)...)
	}
	out.set("redirect", r.Redirect.At)
	out.set("response", r.DirectResponse.At)
	out.set("rewrite", r.Rewrite.At)
	out.set("rewrite/path", r.Rewrite.Path.At, r.Rewrite.Regex.At)
	out.set("rewrite/authority", r.Rewrite.Authority.At)
	out.set("timeout", r.Timeout.At)
	out.set("retry", r.Retries.At)
	out.set("fault", r.Fault.At)
	out.set("cors", r.CORS.At)
	out.set("headers", r.Headers.At)
	out.set("mirror", r.MirrorsAt...)
	if !r.Retries.IsSet() {
		out.add("retry", c.meshOrigin("defaultHttpRetryPolicy")...)
	}
	c.destinationsOrigins(&out, r.Destinations)
	return out
}

// set adds the origins of the fields that set a part.
func (t *trail) set(part string, fields ...config.Place) {
	for _, at := range fields {
		if at.Known() {
			t.add(part, spelledAt(at)...)
		}
	}
}

// unreached are the matches and rules behind the j-th match of the first rule, which matches every request. They would
// apply at this place, but no request gets to them.
func (c *Compiler) unreached(rules []*routing.HTTPRule, j int, scope routeScope) trail {
	var out trail
	lose := func(at config.Place) {
		out.add("", overridden(at.Ignore("what stands before it takes every request")))
	}
	for k, m := range matchesOf(rules[0]) {
		if k > j && c.appliesHere(m, scope) {
			lose(m.At[0])
		}
	}
	for _, r := range rules[1:] {
		if c.ruleApplies(r, scope) {
			lose(r.At)
		}
	}
	return out
}

// destinationsOrigins are the origins of the destinations of a rule and of what chooses their endpoints. They are
// numbered as Envoy gets them, without those of weight 0.
func (c *Compiler) destinationsOrigins(out *trail, to []routing.Destination) {
	n := 0
	for _, d := range to {
		if len(to) > 1 && d.Weight == 0 {
			continue
		}
		out.add(target(n), spelledAt(d.At)...)
		out.add("hash", c.destinationHash(d).origins()...)
		n++
	}
}

// serviceOrigins says where the route of a service that no VirtualService speaks for is written.
func (c *Compiler) serviceOrigins(s *mesh.Service, port *mesh.Port) trail {
	var out trail
	out.add("", definesPort(s, port))
	out.add("retry", c.meshOrigin("defaultHttpRetryPolicy")...)
	out.add("hash", c.serviceHash(s, port).origins()...)
	return out
}
