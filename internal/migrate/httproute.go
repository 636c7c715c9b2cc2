package migrate

import (
	"fmt"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// httpRoutes writes the HTTPRoutes of a VirtualService: one for all scopes that have the same rules.
func (c *converter) httpRoutes(v *routing.Rules, scopes []scope) {
	var keys []string
	drafts := map[string]*draft{}
	for _, s := range c.byPort(v, scopes) {
		choices := choose(v.HTTP, s)
		parents := c.parents(v, s)
		if len(choices) == 0 || len(parents) == 0 {
			continue
		}
		d := &draft{kind: "HTTPRoute", namespace: c.home(v, s), choices: choices, in: s}
		if s.gateway != nil {
			d.hostnames = hostnames(v, s.gateway)
		}
		key := fmt.Sprint(d.namespace, s.gateway != nil, keyOf(choices))
		if needsPort(v, c.mesh) {
			key += fmt.Sprint(s.port)
		}
		if drafts[key] == nil {
			drafts[key], keys = d, append(keys, key)
		}
		drafts[key].parents = append(drafts[key].parents, parents...)
	}
	for _, key := range keys {
		c.httpRoute(v, drafts[key])
	}
}

// byPort divides scopes into ports where the rules ask for the port, or where a destination has the port of the request.
func (c *converter) byPort(v *routing.Rules, scopes []scope) []scope {
	asks := slices.ContainsFunc(v.HTTP, func(r *routing.HTTPRule) bool {
		return slices.ContainsFunc(r.Matches, func(m routing.HTTPMatch) bool { return m.Client.Port != 0 })
	})
	if !asks && !needsPort(v, c.mesh) {
		return scopes
	}
	var out []scope
	for _, s := range scopes {
		var ports []uint32
		if s.gateway != nil {
			for _, l := range s.gateway.listeners {
				ports = append(ports, l.port)
			}
		} else {
			for _, p := range s.service.Ports {
				ports = append(ports, p.Number)
			}
		}
		slices.Sort(ports)
		for _, p := range slices.Compact(ports) {
			s.port = p
			out = append(out, s)
		}
	}
	return out
}

// needsPort reports whether a destination names no port, and its Service has several.
func needsPort(v *routing.Rules, m *mesh.Mesh) bool {
	return slices.ContainsFunc(v.HTTP, func(r *routing.HTTPRule) bool {
		return slices.ContainsFunc(r.Destinations, func(d routing.Destination) bool {
			services := m.ServicesOf(d.Host)
			return d.Port == 0 && len(services) > 0 && len(services[0].Ports) != 1
		})
	})
}

// choose are the rules that count in a scope.
func choose(rules []*routing.HTTPRule, s scope) []choice {
	var out []choice
	for _, r := range rules {
		if len(r.Matches) == 0 {
			out = append(out, choice{rule: r})
			continue
		}
		var matches []routing.HTTPMatch
		for _, m := range r.Matches {
			if applies(m.Client, s) {
				if m.Client.Namespace == s.clients {
					m.Client.Namespace = "" // so are all clients of the route
				}
				matches = append(matches, m)
			}
		}
		if len(matches) > 0 {
			out = append(out, choice{r, matches})
		}
	}
	return out
}

// applies reports whether a match counts in a scope.
func applies(m routing.Client, s scope) bool {
	return (len(m.Gateways) == 0 || slices.Contains(m.Gateways, s.name)) && (m.Port == 0 || m.Port == s.port) && s.has(m.Namespace)
}

// has reports whether clients of a namespace may use the route of a scope, and no other route is for them. "" is any namespace.
func (s scope) has(namespace string) bool {
	return namespace == "" || namespace == s.clients || s.clients == "" && s.service != nil && namespace == s.service.Namespace
}

// keyOf is the same for the same choices.
func keyOf(choices []choice) string {
	key := ""
	for _, ch := range choices {
		key += fmt.Sprintf("%p:", ch.rule)
		for _, m := range ch.matches {
			key += fmt.Sprint(m.At, ";")
		}
	}
	return key
}

// maxRules is how many rules an HTTPRoute may have.
const maxRules = 16

// httpRoute writes a draft as one HTTPRoute, or several for many rules.
func (c *converter) httpRoute(v *routing.Rules, d *draft) {
	var rules []*source.Node
	var earlier []routing.HTTPMatch
	for _, ch := range d.choices {
		rules = append(rules, c.httpRules(ch, d, &earlier)...)
	}
	for part := range slices.Chunk(rules, maxRules) {
		name := c.freeName("HTTPRoute", d.namespace, v.Object.Name)
		spec := object("parentRefs", d.parents, "hostnames", d.hostnames, "rules", part)
		c.add(gatewayVersion, "HTTPRoute", d.namespace, name, spec, v.Object)
	}
}

// httpRules writes a rule: one for each match if it rewrites the path, which a rule does for one prefix only.
func (c *converter) httpRules(ch choice, d *draft, earlier *[]routing.HTTPMatch) []*source.Node {
	r := ch.rule
	matches := ch.matches
	if len(matches) == 0 {
		matches = []routing.HTTPMatch{{At: []config.Place{r.At}}}
	}
	var nodes []*source.Node
	var kept []routing.HTTPMatch
	for _, m := range matches {
		at := m.At[0]
		if slices.ContainsFunc(*earlier, func(e routing.HTTPMatch) bool { return covers(e, m) }) {
			if !d.in.divided {
				c.changed(at, "no request reaches this match behind the earlier ones of the VirtualService: it is left out, since a route would prefer it")
			}
			continue
		}
		list, ok := c.match(m)
		if !ok {
			continue
		}
		*earlier = append(*earlier, m)
		nodes, kept = append(nodes, list...), append(kept, slices.Repeat([]routing.HTTPMatch{m}, len(list))...)
	}
	if len(nodes) == 0 {
		return nil
	}
	if !r.Rewrite.Path.IsSet() {
		if len(nodes) == 1 && len(nodes[0].Fields) == 0 {
			nodes = nil // all requests
		}
		return []*source.Node{c.httpRule(r, routing.HTTPMatch{}, nodes, d, ruleName(r, 0))}
	}
	var out []*source.Node
	for i, n := range nodes {
		if n.Get("path") == nil {
			n = n.With("path", object("type", "PathPrefix", "value", "/"))
		}
		out = append(out, c.httpRule(r, kept[i], []*source.Node{n}, d, ruleName(r, i)))
	}
	return out
}

// ruleName is the name of a rule, where it has one; names are unique in a route.
func ruleName(r *routing.HTTPRule, i int) any {
	name := label(r.Name.Value)
	if i > 0 && name != "" {
		name = fmt.Sprintf("%s-%d", name, i+1)
	}
	return some(name)
}

func (c *converter) httpRule(r *routing.HTTPRule, m routing.HTTPMatch, matches []*source.Node, d *draft, name any) *source.Node {
	filters := c.filters(r, m, d)
	out := object("name", name, "matches", matches, "filters", filters)
	switch {
	case r.Redirect.IsSet():
	case r.DirectResponse.IsSet():
		if r.DirectResponse.Value.GetStatus() != 500 || r.DirectResponse.Value.GetBody() != nil {
			c.lost(r.DirectResponse.At, "directResponse: a route cannot respond by itself; without backends the response is 500")
		}
	default:
		if refs := c.backends(r, d); refs != nil {
			out = out.With("backendRefs", list(refs))
		}
	}
	timeouts, retry := c.timeouts(r)
	if timeouts != nil {
		out = out.With("timeouts", timeouts)
	}
	if retry != nil {
		out = out.With("retry", retry)
	}
	if r.Fault.IsSet() {
		c.lost(r.Fault.At, "fault: a route cannot inject faults")
	}
	return out
}

// filters translates what a rule does with requests and responses.
func (c *converter) filters(r *routing.HTTPRule, m routing.HTTPMatch, d *draft) []*source.Node {
	out := c.headerFilters(r.Headers.Value, r.Headers.At)
	if r.Redirect.IsSet() {
		return append(out, object("type", "RequestRedirect", "requestRedirect", c.redirect(r.Redirect)))
	}
	for _, mirror := range r.Mirrors {
		if ref := c.backend(mirror.To, d); ref != nil {
			settings := object("backendRef", ref)
			switch share := mirror.Share; {
			case share.Numerator == share.Denominator:
			case share.Numerator*100%share.Denominator == 0:
				settings = settings.With("percent", value(share.Numerator*100/share.Denominator))
			default:
				settings = settings.With("fraction", object("numerator", share.Numerator, "denominator", share.Denominator))
			}
			out = append(out, object("type", "RequestMirror", "requestMirror", settings))
		}
	}
	if r.CORS.IsSet() {
		if policy := c.cors(r.CORS); policy != nil {
			out = append(out, object("type", "CORS", "cors", policy))
		}
	}
	if rewrite := c.rewrite(r.Rewrite, m); rewrite != nil {
		out = append(out, object("type", "URLRewrite", "urlRewrite", rewrite))
	}
	return out
}
