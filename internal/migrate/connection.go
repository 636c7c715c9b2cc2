package migrate

import (
	"fmt"
	"maps"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// connectionRoutes writes the TLS rules of a VirtualService as TLSRoutes, and its TCP rules as TCPRoutes: each rule is a route.
func (c *converter) connectionRoutes(v *routing.Rules, scopes []scope) {
	for _, r := range v.TLS {
		c.connectionRoute("TLSRoute", v, r, scopes, func(l *listener) bool { return l.protocol == "TLS" })
	}
	for _, r := range v.TCP {
		c.connectionRoute("TCPRoute", v, r, scopes, func(l *listener) bool { return l.protocol == "TCP" || l.protocol == "TLS" && !l.through })
	}
}

// A connectionDraft is a route for the scopes that have the same matches of a rule.
type connectionDraft struct {
	draft
	sni []string
}

func (c *converter) connectionRoute(kind string, v *routing.Rules, r *routing.ConnectionRule, scopes []scope, fits func(*listener) bool) {
	var keys []string
	drafts := map[string]*connectionDraft{}
	for _, s := range scopes {
		for _, port := range portsOf(r, s) {
			s.port = port
			sni, ok := c.connectionMatches(r, s)
			if !ok {
				continue
			}
			d := &connectionDraft{draft: draft{kind: kind, namespace: c.home(v, s), in: s}, sni: sni}
			var parents []*source.Node
			if s.gateway != nil {
				parents = gatewayParents(v, s, fits)
			} else {
				parents = []*source.Node{parentService(s.service, d.namespace, s.port)}
			}
			if len(parents) == 0 {
				continue
			}
			key := fmt.Sprint(d.namespace, s.gateway != nil, sni)
			if drafts[key] == nil {
				drafts[key], keys = d, append(keys, key)
			}
			drafts[key].parents = append(drafts[key].parents, parents...)
		}
	}
	for _, key := range keys {
		c.writeConnectionRoute(kind, v, r, drafts[key])
	}
}

// portsOf are the ports of a scope that a rule has conditions on; 0 is every port.
func portsOf(r *routing.ConnectionRule, s scope) []uint32 {
	var ports []uint32
	for _, m := range r.Matches {
		if applies(routing.Client{Gateways: m.Client.Gateways}, s) {
			ports = append(ports, m.Client.Port)
		}
	}
	if len(r.Matches) == 0 || slices.Contains(ports, 0) {
		return []uint32{0}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// connectionMatches are the server names that a rule is for in a scope. It is false where none of its matches applies.
func (c *remarks) connectionMatches(r *routing.ConnectionRule, s scope) (sni []string, ok bool) {
	if len(r.Matches) == 0 {
		return nil, true
	}
	for _, m := range r.Matches {
		if !applies(m.Client, s) {
			continue
		}
		if len(m.Client.Labels) > 0 || m.Client.Namespace != "" && m.Client.Namespace != s.clients || len(m.Subnets) > 0 {
			c.lost(m.At, "a route has no conditions on clients or addresses; the match is left out")
			continue
		}
		ok = true
		sni = append(sni, m.SNI...)
	}
	slices.Sort(sni)
	return slices.Compact(sni), ok
}

func (c *converter) writeConnectionRoute(kind string, v *routing.Rules, r *routing.ConnectionRule, d *connectionDraft) {
	var backends []*source.Node
	for _, to := range r.Destinations {
		ref := c.backend(to, &d.draft)
		if ref == nil {
			continue
		}
		if len(r.Destinations) > 1 {
			ref = ref.With("weight", value(to.Weight))
		}
		backends = append(backends, ref)
	}
	if len(backends) == 0 {
		c.lost(r.At, "a "+kind+" needs a backend; the rule is left out")
		return
	}
	if kind == "TLSRoute" && len(d.sni) == 0 {
		c.lost(r.At, "a TLSRoute needs hostnames; the rule is left out")
		return
	}
	spec := object("parentRefs", d.parents, "hostnames", d.sni, "rules", []*source.Node{object("backendRefs", backends)})
	c.add(gatewayVersion, kind, d.namespace, c.freeName(kind, d.namespace, v.Object.Name), spec, v.Object)
	if kind == "TLSRoute" && slices.Contains(d.sni, "*") {
		c.lost(config.At(r.At.Object, r.At.Field), "a hostname of a TLSRoute cannot be *")
	}
}
