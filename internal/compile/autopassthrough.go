package compile

import (
	"slices"

	"sem.example/internal/mesh"
)

// autoPassthroughChains builds the chains of a gateway between networks: one for each port of a service that the server
// has as a host, and for each of its subsets. Clients name the cluster in the SNI, and TLS passes through untouched. Only
// what proxies of the mesh offer is taken, so that nobody gets past mutual TLS; no policy applies before it.
func (c *Compiler) autoPassthroughChains(s *gatewayServer) []*chainDraft {
	var out []*chainDraft
	for _, service := range c.view.Services() {
		if service.External || !slices.ContainsFunc(s.sni(), func(h string) bool { return covers(h, service.Host) }) {
			continue
		}
		rule := c.view.DestinationRule(service)
		for _, port := range service.Ports {
			if port.Protocol == mesh.UDP {
				continue
			}
			out = append(out, c.autoPassthroughChain(s, service, port, "", rule))
			for _, subset := range rule.AllSubsets() {
				out = append(out, c.autoPassthroughChain(s, service, port, subset.Name, rule))
			}
		}
	}
	return out
}

func (c *Compiler) autoPassthroughChain(s *gatewayServer, service *mesh.Service, port *mesh.Port, subset string, rule *mesh.DestinationRule) *chainDraft {
	name := sniName(port.Number, subset, service.Host)
	to := tcpTo(name)
	c.limitConnections(to, rule, subset)
	to.TunnelingConfig = nil // the connection is passed on as it is
	d := &chainDraft{sni: []string{name}, alpn: meshAny, filters: proxyTCP(port.Protocol, to)}
	d.origins.add("", defines(s.object, s.field))
	d.origins.add("", definesPort(service, port))
	if s := rule.Subset(subset); s != nil {
		d.origins.add("", definesField(s.At))
	}
	return d
}
