package gateway

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/route"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// connectionServer builds the chain of a server whose connections, TLS ended or not, go where the first TCP rule says
// that is bound to it. Without a rule there is no chain.
func (c *Builder) connectionServer(s *gatewayServer, p *gatewayPort) []*filterchain.Chain {
	var out *filterchain.Chain
	for _, set := range c.view.VirtualServices(s.of.FullName()) {
		if !attaches(set, s) {
			continue
		}
		for _, r := range set.TCP {
			matches, takes := takesConnections(r.Matches, s)
			if len(r.Destinations) == 0 || !takes {
				continue
			}
			if out != nil {
				out.Origins.Add("", origin.Overridden(r.At.Ignore("an earlier rule matches every connection to the server")))
				continue
			}
			out = c.connectionChain(set, r, s)
			out.MatchedBy(matches)
		}
	}
	if out == nil {
		p.bind(bindOf(c.view, s.GetBind())).lose(s.At, noRules)
		return nil
	}
	if s.GetTls() != nil {
		endTLS(c.view, out, s)
	}
	return []*filterchain.Chain{out}
}

// noRules is why a server has no part in a listener.
const noRules = "no rule of a VirtualService takes connections to this server"

// connectionChain sends connections to the destinations of a rule.
func (c *Builder) connectionChain(set *routing.Rules, r *routing.ConnectionRule, s *gatewayServer) *filterchain.Chain {
	auth := c.access.Connections()
	port := &mesh.Port{Name: s.GetPort().GetName(), Number: s.GetPort().GetNumber(), Protocol: s.protocol}
	before, behind := extension.Network(c.view, false, port.Number)
	d := &filterchain.Chain{Filters: slices.Concat(auth.NetworkExternal, before, auth.Network, behind, route.TCPFilters(c.view, set, r.Destinations, port))}
	d.Origins.Add("", origin.DefinesField(s.At)) // a server may have as many hosts as there are chains
	extension.AddOrigins(&d.Origins, c.view, false, port.Number)
	d.Origins, d.Shared = append(d.Origins, route.ConnectionOrigins(c.view, r)...), []origin.Shared{auth.Shared}
	return d
}

// passedChains builds the chains of a server that passes TLS on: one for each match of a TLS rule that is bound to it.
func (c *Builder) passedChains(s *gatewayServer, p *gatewayPort) []*filterchain.Chain {
	if s.GetTls().GetMode() == networking.ServerTLSSettings_AUTO_PASSTHROUGH {
		return autoPassthroughChains(c.view, s)
	}
	var out []*filterchain.Chain
	for _, set := range c.view.VirtualServices(s.of.FullName()) {
		if !attaches(set, s) {
			continue
		}
		for _, r := range set.TLS {
			if len(r.Destinations) > 0 {
				out = append(out, c.passedRule(set, r, s, p)...)
			}
		}
	}
	if len(out) == 0 {
		p.bind(bindOf(c.view, s.GetBind())).lose(s.At, noRules)
	}
	return out
}

// passedRule builds the chains of a TLS rule, one for each match that takes the server's connections. A match for a name that an earlier one asks for has none.
func (c *Builder) passedRule(set *routing.Rules, r *routing.ConnectionRule, s *gatewayServer, p *gatewayPort) []*filterchain.Chain {
	var out []*filterchain.Chain
	for _, m := range r.Matches {
		if !takesConnection(m.Client, s) {
			continue
		}
		if taken, ok := p.claim(m.SNI, s.GetBind()); !ok {
			p.bind(bindOf(c.view, s.GetBind())).lose(m.At, "an earlier rule on this port asks for the SNI "+taken)
			continue
		}
		d := c.connectionChain(set, r, s)
		d.SNI = m.SNI
		d.Origins.Add("match", origin.DefinesTreeAt(m.At)...)
		out = append(out, d)
	}
	return out
}

// attaches reports whether a set of rules has a host that the server lets it have.
func attaches(set *routing.Rules, s *gatewayServer) bool {
	for _, host := range hostsFor(s, set.Object.Namespace) {
		for _, own := range set.Hosts {
			if covers(host, own.Name) || covers(own.Name, host) {
				return true
			}
		}
	}
	return false
}

// takesConnections reports whether a TCP rule takes the server's connections, and by which of its matches, if it has any.
func takesConnections(list []routing.ConnectionMatch, s *gatewayServer) (matches []config.Place, takes bool) {
	for _, m := range list {
		if takesConnection(m.Client, s) {
			matches = append(matches, m.At)
		}
	}
	return matches, len(list) == 0 || len(matches) > 0
}

// takesConnection reports whether a match takes the server's connections. At a gateway its port and its gateways count,
// and nothing about clients.
func takesConnection(want routing.Client, s *gatewayServer) bool {
	return (want.Port == 0 || want.Port == s.GetPort().GetNumber()) &&
		(len(want.Gateways) == 0 || slices.Contains(want.Gateways, s.of.FullName()))
}
