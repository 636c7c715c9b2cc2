package compile

import clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"

// outboundClusters returns the names of the clusters that lead away from the proxy: those of services and subsets, and
// the fixed ones.
func (c *Compiler) outboundClusters() []string { return nil }

// outboundCluster builds one of them, or returns nil where the proxy has none of that name.
func (c *Compiler) outboundCluster(name string) *clusterv3.Cluster { return nil }
