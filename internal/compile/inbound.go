package compile

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
)

// virtualInbound builds the listener of all connections to the workload, or nil where the proxy has none.
func (c *Compiler) virtualInbound() *listenerv3.Listener { return nil }

// inboundClusters returns the names of the clusters that lead to the workload itself.
func (c *Compiler) inboundClusters() []string { return nil }

// inboundCluster builds one of them, or returns nil where the proxy has none of that name.
func (c *Compiler) inboundCluster(name string) *clusterv3.Cluster { return nil }
