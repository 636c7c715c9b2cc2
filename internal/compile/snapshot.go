package compile

import (
	"maps"

	"sem.example/internal/envoy"
	"sem.example/internal/parallel"
)

// Snapshot builds everything that the proxy runs, with the origins of every part.
func (c *Compiler) Snapshot() *envoy.Snapshot {
	s := c.Resources()
	s.Origins = c.origins.All()
	if c.kin != c {
		maps.Copy(s.Origins, c.kin.origins.All())
	}
	names := c.clusterNames()
	ofClusters := make([]envoy.Origins, len(names))
	parallel.Each(len(names), func(i int) { ofClusters[i] = c.home(names[i]).clusterOrigins(names[i]) })
	for _, origins := range ofClusters {
		maps.Copy(s.Origins, origins)
	}
	return s
}

// Resources builds everything that the proxy runs, on all cores. The snapshot is without origins, which in a large mesh
// are more than the resources themselves; OriginsOf answers for single addresses.
func (c *Compiler) Resources() *envoy.Snapshot {
	return &envoy.Snapshot{
		Listeners: c.ListenersOn(0), Routes: c.Routes(), Clusters: c.Clusters(), Endpoints: c.AllEndpoints(), NotModelled: c.NotModelled(),
	}
}
