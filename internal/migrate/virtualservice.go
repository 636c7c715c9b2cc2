package migrate

import (
	"maps"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
)

// virtualService writes the routes of a VirtualService.
func (c *converter) virtualService(v *routing.Rules) {
	before := len(c.plan.Resources)
	scopes := c.scopes(v)
	c.unseen(v, scopes)
	if len(v.HTTP) > 0 {
		c.httpRoutes(v, scopes)
	}
	c.connectionRoutes(v, scopes)
	if len(c.plan.Resources) == before {
		c.remark(Kept, config.At(v.Object, ""), named(v.Object)+" stays: nothing of it can be a route")
		return
	}
	c.plan.Replaced[v.Object.Doc] = true
	for _, r := range v.HTTP {
		if r.At.Object != nil && r.At.Object != v.Object { // of a delegate
			c.plan.Replaced[r.At.Object.Doc] = true
		}
	}
}

// scopes are the gateways and the hosts of the mesh that rules are bound to.
func (c *converter) scopes(v *routing.Rules) []scope {
	var out []scope
	for i, name := range v.Gateways {
		at := config.At(v.Object, "spec.gateways").Item(i)
		if name != routing.MeshGateway {
			if g := c.gateways[name]; g != nil {
				out = append(out, scope{gateway: g, name: name, clients: g.namespace})
			} else {
				c.lost(at, "Gateway "+name+" is not in the input: no route is attached to it")
			}
			continue
		}
		for _, h := range v.Hosts {
			services := c.mesh.ServicesOf(h.Name)
			if len(services) == 0 {
				c.lost(h.At, "no Service or ServiceEntry of the input has host "+h.Name+": a route in the mesh needs one as its parent")
				continue
			}
			s := scope{name: name, service: services[0]}
			if !slices.ContainsFunc(out, func(o scope) bool { return o.service != nil && o.service.Object == s.service.Object }) {
				out = append(out, c.ofClients(v, s)...)
			}
		}
	}
	return out
}

// ofClients divides a scope of the mesh by the namespaces of clients that matches ask for: a route of such a namespace is for its clients, and
// they do not use the route of the others. The namespace of the Service has no such route: what is there is for all clients.
func (c *converter) ofClients(v *routing.Rules, s scope) []scope {
	if home := c.home(v, s); home != s.service.Namespace {
		s.clients = home
		return []scope{s}
	}
	out := []scope{s}
	for _, namespace := range slices.Sorted(maps.Keys(clientsAt(v))) {
		if namespace != s.service.Namespace && v.VisibleIn(namespace) {
			s.clients, s.divided = namespace, true
			out = append(out, s)
		}
	}
	return out
}

// clientsAt are the namespaces of clients that matches ask for, with the place of each match.
func clientsAt(v *routing.Rules) map[string][]config.Place {
	out := map[string][]config.Place{}
	add := func(namespace string, at config.Place) {
		if namespace != "" {
			out[namespace] = append(out[namespace], at)
		}
	}
	for _, r := range v.HTTP {
		for _, m := range r.Matches {
			add(m.Client.Namespace, m.At[0].Sub("sourceNamespace"))
		}
	}
	for _, r := range slices.Concat(v.TLS, v.TCP) {
		for _, m := range r.Matches {
			add(m.Client.Namespace, m.At.Sub("sourceNamespace"))
		}
	}
	return out
}

// unseen remarks on matches of clients that no scope has: their namespace does not see the rules.
func (c *converter) unseen(v *routing.Rules, scopes []scope) {
	places := clientsAt(v)
	for _, namespace := range slices.Sorted(maps.Keys(places)) {
		if slices.ContainsFunc(scopes, func(s scope) bool { return s.has(namespace) }) {
			continue
		}
		for _, at := range places[namespace] {
			c.changed(at, "sourceNamespace: no client of namespace "+namespace+" uses these rules; the match is left out")
		}
	}
}
