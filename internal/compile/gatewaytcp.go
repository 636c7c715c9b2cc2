package compile

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// sniNames are the names that chains of a port ask for so far, and the address that was last bound for them. Envoy
// refuses a listener of which two chains match alike.
type sniNames map[string]string

// claim takes names for a chain, unless one of them is taken at the same address.
func (n sniNames) claim(names []string, bind string) (taken string, ok bool) {
	for _, name := range names {
		if at, known := n[name]; known && at == bind {
			return name, false
		}
	}
	for _, name := range names {
		n[name] = bind
	}
	return "", true
}

// connectionServer builds the chain of a server whose connections, TLS ended or not, go where the first TCP rule says
// that is bound to it. Without a rule there is no chain.
func (c *Compiler) connectionServer(s *gatewayServer) []*chainDraft {
	var out *chainDraft
	for _, vs := range c.view.VirtualServices(s.gateway) {
		if !attaches(vs, s) {
			continue
		}
		for i, rule := range vs.Spec.GetTcp() {
			if len(rule.GetRoute()) == 0 || !takesConnections(rule.GetMatch(), s) {
				continue
			}
			field := source.Index("spec.tcp", i)
			if out != nil {
				out.origins.add("", overridden(mesh.Loser{
					Object: vs.Object, Field: field, Reason: "an earlier rule takes every connection to the server",
				}))
				continue
			}
			out = c.connectionChain(vs, rule.GetRoute(), field, s)
		}
	}
	if out == nil {
		c.recordUnused(s)
		return nil
	}
	if s.GetTls() != nil {
		c.endTLS(out, s)
	}
	return []*chainDraft{out}
}

// recordUnused notes that a server has no chain; without any other there is no listener at all.
func (c *Compiler) recordUnused(s *gatewayServer) {
	c.origins.record(envoy.Listener(listenerName(c.bindOf(s.GetBind()), s.port)), overridden(mesh.Loser{
		Object: s.object, Field: s.field, Reason: "no rule of a VirtualService takes connections to this server",
	}))
}

// connectionChain sends connections to the destinations of a rule.
func (c *Compiler) connectionChain(vs *mesh.VirtualService, to []*networking.RouteDestination, field string, s *gatewayServer) *chainDraft {
	auth := c.authorization(true)
	port := &mesh.Port{Name: s.GetPort().GetName(), Number: s.GetPort().GetNumber(), Protocol: s.protocol}
	d := &chainDraft{filters: slices.Concat(auth.network, c.routeConnections(vs, to, port))}
	d.origins.add("", spelled(s.object, s.field)...)
	d.origins.add("", spelled(vs.Object, field)...)
	d.origins = append(d.origins, auth.origins...)
	return d
}

// passedChains builds the chains of a server that passes TLS on: one for each match of a TLS rule that is bound to it.
func (c *Compiler) passedChains(s *gatewayServer, names sniNames) []*chainDraft {
	if s.GetTls().GetMode() == networking.ServerTLSSettings_AUTO_PASSTHROUGH {
		return c.autoPassthroughChains(s)
	}
	var out []*chainDraft
	for _, vs := range c.view.VirtualServices(s.gateway) {
		if !attaches(vs, s) {
			continue
		}
		for i, rule := range vs.Spec.GetTls() {
			for j, m := range rule.GetMatch() {
				if len(rule.GetRoute()) == 0 || !takesConnection(m, s) {
					continue
				}
				field := source.Index("spec.tls", i)
				if taken, ok := names.claim(m.GetSniHosts(), s.GetBind()); !ok {
					c.recordLostSNI(vs, source.Index(field+".match", j), taken, s)
					continue
				}
				d := c.connectionChain(vs, rule.GetRoute(), field, s)
				d.sni = m.GetSniHosts()
				d.origins.add("match", spelled(vs.Object, source.Index(field+".match", j))...)
				out = append(out, d)
			}
		}
	}
	if len(out) == 0 {
		c.recordUnused(s)
	}
	return out
}

// recordLostSNI notes at the server's listener that a match lost.
func (c *Compiler) recordLostSNI(vs *mesh.VirtualService, field, taken string, s *gatewayServer) {
	at := envoy.Listener(listenerName(c.bindOf(s.GetBind()), s.port))
	c.origins.record(at, overridden(mesh.Loser{
		Object: vs.Object, Field: field, Reason: fmt.Sprintf("an earlier rule on port %d asks for the SNI %s", s.port, taken),
	}))
}

// attaches says whether a VirtualService has a host that the server lets it have.
func attaches(vs *mesh.VirtualService, s *gatewayServer) bool {
	for _, host := range hostsFor(s, vs.Object.Namespace) {
		for _, own := range vs.Spec.GetHosts() {
			if covers(host, own) || covers(own, host) {
				return true
			}
		}
	}
	return false
}

// hostsFor returns the hosts of a server that VirtualServices of a namespace may have.
func hostsFor(s *gatewayServer, namespace string) []string {
	var out []string
	for _, h := range s.hosts {
		ns, host, ok := strings.Cut(h, "/")
		switch {
		case !ok:
			out = append(out, h)
		case ns == namespace:
			out = append(out, host)
		}
	}
	return out
}

// covers says whether every name that a host stands for is one of another's. An asterisk may begin either.
func covers(host, other string) bool {
	suffix, wild := strings.CutPrefix(host, "*")
	rest, otherWild := strings.CutPrefix(other, "*")
	switch {
	case wild && otherWild:
		return len(other) >= len(host) && strings.HasSuffix(rest, suffix)
	case wild:
		return strings.HasSuffix(other, suffix)
	}
	return host == other
}

// takesConnections says whether one of the matches of a TCP rule, if it has any, takes the server's connections.
func takesConnections(matches []*networking.L4MatchAttributes, s *gatewayServer) bool {
	return len(matches) == 0 || slices.ContainsFunc(matches, func(m *networking.L4MatchAttributes) bool { return takesConnection(m, s) })
}

// takesConnection says whether a match takes the server's connections. At a gateway its port and its gateways count,
// and nothing about clients.
func takesConnection(m connectionMatch, s *gatewayServer) bool {
	return (m.GetPort() == 0 || m.GetPort() == s.GetPort().GetNumber()) &&
		(len(m.GetGateways()) == 0 || slices.Contains(m.GetGateways(), s.gateway))
}
