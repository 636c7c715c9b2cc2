package gateway

import (
	"slices"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// autoPassthroughChains builds the chains of a gateway between networks: one for each port of a service that the server
// has as a host, and for each of its subsets. Clients name the cluster in the SNI, and TLS passes through untouched. Only
// what proxies of the mesh offer is taken, so that nobody gets past mutual TLS; no policy applies before it.
func autoPassthroughChains(view *mesh.View, s *gatewayServer) []*filterchain.Chain {
	var out []*filterchain.Chain
	for _, service := range view.Services() {
		if service.External || !slices.ContainsFunc(s.sni(), func(h string) bool { return covers(h, service.Host) }) {
			continue
		}
		rule := view.DestinationRule(service)
		for _, port := range service.Ports {
			if port.Protocol == mesh.UDP {
				continue
			}
			out = append(out, autoPassthroughChain(view, s, service, port, "", rule))
			for _, subset := range rule.AllSubsets() {
				out = append(out, autoPassthroughChain(view, s, service, port, subset.Name, rule))
			}
		}
	}
	return out
}

func autoPassthroughChain(view *mesh.View, s *gatewayServer, service *mesh.Service, port *mesh.Port, subset string, rule *mesh.DestinationRule) *filterchain.Chain {
	name := xds.SNICluster(port.Number, subset, service.Host)
	to := xds.TCPProxyTo(name)
	route.ApplyConnectionPolicy(view, to, rule, subset)
	to.TunnelingConfig = nil // the connection is passed on as it is
	d := &filterchain.Chain{SNI: []string{name}, ALPN: xds.MeshAny, Filters: xds.TCPFilters(port.Protocol, to)}
	d.Origins.Add("", origin.DefinesField(s.At))
	d.Origins.Add("", origin.DefinesPort(service, port))
	if s := rule.Subset(subset); s != nil {
		d.Origins.Add("", origin.DefinesField(s.At))
	}
	return d
}
