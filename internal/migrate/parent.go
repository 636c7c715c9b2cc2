package migrate

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// home is the namespace of a route. In the mesh, a route of the Service's namespace is for all clients, one of another namespace
// for the clients there.
func (c *converter) home(v *routing.Rules, s scope) string {
	switch {
	case s.gateway != nil:
		return v.Object.Namespace
	case s.clients != "":
		return s.clients
	}
	own, at := v.Object.Namespace == s.service.Namespace, config.At(v.Object, "spec.exportTo")
	switch {
	case v.Audience.Public:
		return s.service.Namespace
	case own:
		c.changed(at, "a route in the namespace of its Service applies to the clients of all namespaces")
	case len(v.Audience.Namespaces) != 1 || v.Audience.Namespaces[0] != v.Object.Namespace:
		c.changed(at, "a route of another namespace than its Service's applies to the clients of namespace "+v.Object.Namespace+" only")
	}
	return v.Object.Namespace
}

// parents are the parentRefs for a scope.
func (c *converter) parents(v *routing.Rules, s scope) []*source.Node {
	if s.gateway == nil {
		return []*source.Node{parentService(s.service, c.home(v, s), s.port)}
	}
	return gatewayParents(v, s, func(l *listener) bool { return l.protocol == "HTTP" || l.protocol == "HTTPS" })
}

// parentService is the parentRef of a service of the mesh.
func parentService(s *mesh.Service, home string, port uint32) *source.Node {
	group, kind := "", "Service"
	if !s.Kubernetes() {
		group, kind = "networking.istio.io", "ServiceEntry"
	}
	return object("group", group, "kind", kind, "name", s.Object.Name, "namespace", other(s.Namespace, home), "port", some(port))
}

// gatewayParents are the parentRefs for the listeners of a gateway: the whole Gateway, if every listener that may accept the route is to.
func gatewayParents(v *routing.Rules, s scope, fits func(*listener) bool) []*source.Node {
	var chosen []*listener
	all := true
	for _, l := range s.gateway.listeners {
		if !fits(l) {
			continue
		}
		if l.redirects || s.port != 0 && s.port != l.port || !admits(l, v) {
			all = all && !l.redirects && (s.port == 0 || s.port == l.port)
			continue
		}
		chosen = append(chosen, l)
	}
	namespace := other(s.gateway.namespace, v.Object.Namespace)
	switch {
	case len(chosen) == 0:
		return nil
	case all:
		return []*source.Node{object("name", s.gateway.name, "namespace", namespace)}
	}
	var out []*source.Node
	for _, l := range chosen {
		out = append(out, object("name", s.gateway.name, "namespace", namespace, "sectionName", l.name))
	}
	return out
}

// admits reports whether a listener has a host of rules, and lets their namespace attach routes.
func admits(l *listener, v *routing.Rules) bool {
	return (l.namespace == "*" || l.namespace == v.Object.Namespace) &&
		slices.ContainsFunc(v.Hosts, func(h routing.Host) bool { return hostname.Overlap(l.host, h.Name) })
}

// hostnames are those of a route at a gateway that a listener has; none are all.
func hostnames(v *routing.Rules, g *gateway) []string {
	var out []string
	for _, name := range v.HostNames() {
		if name == "*" {
			return nil
		}
		if slices.ContainsFunc(g.listeners, func(l *listener) bool { return hostname.Overlap(l.host, name) }) {
			out = append(out, name)
		}
	}
	return out
}

// other is a namespace that a reference has to name; nil for that of the resource.
func other(namespace, home string) any {
	if namespace == home {
		return nil
	}
	return namespace
}
