package compile

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// connectionServer builds the chain of a server whose connections, TLS ended or not, go where the first TCP rule says
// that is bound to it. Without a rule there is no chain.
func (c *Compiler) connectionServer(s *gatewayServer, p *gatewayPort) []*chainDraft {
	var out *chainDraft
	for _, vs := range c.view.VirtualServices(s.gateway) {
		if !attaches(vs, s) {
			continue
		}
		for i, rule := range vs.Spec.GetTcp() {
			matches, takes := takesConnections(rule.GetMatch(), s)
			if len(rule.GetRoute()) == 0 || !takes {
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
			out.matchedBy(vs, field, matches)
		}
	}
	if out == nil {
		p.bind(c.bindOf(s.GetBind())).lose(s.object, s.field, noRules)
		return nil
	}
	if s.GetTls() != nil {
		c.endTLS(out, s)
	}
	return []*chainDraft{out}
}

// noRules is why a server has no part in a listener.
const noRules = "no rule of a VirtualService takes connections to this server"

// connectionChain sends connections to the destinations of a rule.
func (c *Compiler) connectionChain(vs *mesh.VirtualService, to []*networking.RouteDestination, field string, s *gatewayServer) *chainDraft {
	auth := c.authorization(true)
	port := &mesh.Port{Name: s.GetPort().GetName(), Number: s.GetPort().GetNumber(), Protocol: s.protocol}
	d := &chainDraft{filters: slices.Concat(auth.network, c.routeConnections(vs, to, port))}
	d.origins.add("", defines(s.object, s.field)) // a server may have as many hosts as there are chains
	d.origins = slices.Concat(d.origins, c.connectionOrigins(vs, to, field), auth.origins)
	return d
}

// passedChains builds the chains of a server that passes TLS on: one for each match of a TLS rule that is bound to it.
func (c *Compiler) passedChains(s *gatewayServer, p *gatewayPort) []*chainDraft {
	if s.GetTls().GetMode() == networking.ServerTLSSettings_AUTO_PASSTHROUGH {
		return c.autoPassthroughChains(s)
	}
	var out []*chainDraft
	for _, vs := range c.view.VirtualServices(s.gateway) {
		if !attaches(vs, s) {
			continue
		}
		for i, rule := range vs.Spec.GetTls() {
			if len(rule.GetRoute()) > 0 {
				out = append(out, c.passedRule(vs, source.Index("spec.tls", i), rule, s, p)...)
			}
		}
	}
	if len(out) == 0 {
		p.bind(c.bindOf(s.GetBind())).lose(s.object, s.field, noRules)
	}
	return out
}

// passedRule builds the chains of a TLS rule at a field of a VirtualService, one for each match that takes the server's
// connections. A match for a name that an earlier one asks for has none.
func (c *Compiler) passedRule(vs *mesh.VirtualService, field string, rule *networking.TLSRoute, s *gatewayServer, p *gatewayPort) []*chainDraft {
	var out []*chainDraft
	for j, m := range rule.GetMatch() {
		if !takesConnection(m, s) {
			continue
		}
		at := source.Index(field+".match", j)
		if taken, ok := p.claim(m.GetSniHosts(), s.GetBind()); !ok {
			p.bind(c.bindOf(s.GetBind())).lose(vs.Object, at, "an earlier rule on this port asks for the SNI "+taken)
			continue
		}
		d := c.connectionChain(vs, rule.GetRoute(), field, s)
		d.sni = m.GetSniHosts()
		d.origins.add("match", spelled(vs.Object, at)...)
		out = append(out, d)
	}
	return out
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

// takesConnections says whether a TCP rule takes the server's connections, and by which of its matches, if it has any.
func takesConnections(rule []*networking.L4MatchAttributes, s *gatewayServer) (matches []int, takes bool) {
	for j, m := range rule {
		if takesConnection(m, s) {
			matches = append(matches, j)
		}
	}
	return matches, len(rule) == 0 || len(matches) > 0
}

// takesConnection says whether a match takes the server's connections. At a gateway its port and its gateways count,
// and nothing about clients.
func takesConnection(m connectionMatch, s *gatewayServer) bool {
	return (m.GetPort() == 0 || m.GetPort() == s.GetPort().GetNumber()) &&
		(len(m.GetGateways()) == 0 || slices.Contains(m.GetGateways(), s.gateway))
}
