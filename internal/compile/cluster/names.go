package cluster

import (
	"slices"

	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// Names returns the names of the clusters that lead away from the proxy: those of services and subsets, and
// the fixed ones.
func (c *Builder) Names() []string {
	names := []string{xds.BlackHole}
	if !c.view.IsGateway() {
		names = append(names, xds.Passthrough)
		if dialsAnyName(c.view) {
			names = append(names, xds.AnyDynamicDNS)
		}
	}
	for _, s := range c.view.Services() {
		names = append(names, c.clustersOf(s)...)
	}
	return names
}

// clustersOf returns the names of the clusters of a service.
func (c *Builder) clustersOf(s *mesh.Service) []string {
	var names []string
	subsets := c.view.DestinationRule(s).AllSubsets()
	for _, p := range s.Ports {
		if reachable(s, p) {
			names = append(names, xds.OutboundCluster(p.Number, "", s.Host))
			for _, subset := range subsets {
				names = append(names, xds.OutboundCluster(p.Number, subset.Name, s.Host))
			}
		}
		if c.passesSNI(s, p) {
			names = append(names, xds.SNICluster(p.Number, "", s.Host))
			for _, subset := range subsets {
				names = append(names, xds.SNICluster(p.Number, subset.Name, s.Host))
			}
		}
	}
	return names
}

// reachable reports whether a port of a service has a cluster.
func reachable(s *mesh.Service, p *mesh.Port) bool {
	if s.Resolution == mesh.Alias || s.Resolution == mesh.Unresolved || p.Protocol == mesh.UDP {
		return false
	}
	return !proxy.Dynamic(s) || slices.Contains([]mesh.Protocol{mesh.HTTP, mesh.HTTP2, mesh.GRPC, mesh.TLS}, p.Protocol)
}

// passesSNI reports whether the proxy passes mesh-internal TLS on to a port, as the gateways between networks do.
func (c *Builder) passesSNI(s *mesh.Service, p *mesh.Port) bool {
	return !s.External && p.Protocol != mesh.UDP && c.view.IsGateway() && c.passSNI()
}

// dialsAnyName reports whether the proxy resolves the names of unknown destinations itself.
func dialsAnyName(view *mesh.View) bool {
	return !view.IsGateway() && proxy.OutboundMode(view) == proxy.AllowDynamic
}
