package compile

import (
	"maps"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/parallel"
)

// Snapshot builds everything that the proxy runs, with the origins of every part.
func (c *Compiler) Snapshot() *envoy.Snapshot {
	s := c.Resources()
	s.Origins = c.origins.All()
	if c.common != nil {
		maps.Copy(s.Origins, shared(c, (*Compiler).outboundOrigins))
	}
	names := c.clusterNames()
	ofClusters := make([]envoy.Origins, len(names))
	parallel.Each(len(names), func(i int) { ofClusters[i] = c.clusterOrigins(names[i]) })
	for _, origins := range ofClusters {
		maps.Copy(s.Origins, origins)
	}
	return s
}

// outboundOrigins returns where the parts of all listeners for outbound traffic are written, and what hangs on them.
func (c *Compiler) outboundOrigins() envoy.Origins {
	c.virtualOutbound()
	for _, port := range c.outbound.Ports() {
		c.outboundsAt(port)
	}
	return c.origins.All()
}

// Resources builds everything that the proxy runs, on all cores. The snapshot is without origins, which in a large mesh
// are more than the resources themselves; OriginsOf answers for single addresses.
func (c *Compiler) Resources() *envoy.Snapshot {
	return &envoy.Snapshot{
		Listeners: c.ListenersOn(0), Routes: c.Routes(), Clusters: c.Clusters(), Endpoints: c.AllEndpoints(),
		Extensions: c.extensions(), NotModelled: c.NotModelled(),
	}
}

// OutboundReads builds everything for a sidecar of a [Cache] and returns what was read of the proxy for its outbound traffic. A
// proxy that agrees with all of it is sent the same, but for the names by which its namespace knows services.
func (c *Compiler) OutboundReads() []*mesh.Reads {
	c.Resources()
	return []*mesh.Reads{mesh.ReadsOf(c.outboundView), c.common.Reads()}
}
