package render

import (
	"cmp"
	"net/netip"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// cluster puts endpoints inline, secrets into files, and removes what a stock Envoy does not know.
func (c converter) cluster(cluster *clusterv3.Cluster) {
	if cluster.GetType() == clusterv3.Cluster_EDS {
		c.inlineEndpoints(cluster)
	}
	envoy.Edit(cluster, func(part proto.Message) {
		c.leftOut.removeExtensions(part)
		if tls, ok := part.(*tlsv3.CommonTlsContext); ok {
			c.certs.secrets(tls)
		}
	})
}

// inlineEndpoints gives a cluster the endpoints that the control plane would deliver for it.
func (c converter) inlineEndpoints(cluster *clusterv3.Cluster) {
	name := cmp.Or(cluster.GetEdsClusterConfig().GetServiceName(), cluster.GetName())
	load := &endpointv3.ClusterLoadAssignment{}
	if delivered, ok := c.endpoints[name]; ok {
		kept, _ := envoy.Retained(delivered)
		load = proto.CloneOf(kept)
	}
	load.ClusterName = cluster.GetName()
	discovery := clusterv3.Cluster_STATIC
	if namesHosts(load) {
		discovery = clusterv3.Cluster_STRICT_DNS
	}
	cluster.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: discovery}
	cluster.EdsClusterConfig = nil
	cluster.LoadAssignment = load
}

// namesHosts reports whether an endpoint has a host name, which only DNS can make an address of.
func namesHosts(load *endpointv3.ClusterLoadAssignment) bool {
	for _, group := range load.GetEndpoints() {
		for _, e := range group.GetLbEndpoints() {
			s := e.GetEndpoint().GetAddress().GetSocketAddress()
			if s == nil {
				continue
			}
			if _, err := netip.ParseAddr(s.GetAddress()); err != nil {
				return true
			}
		}
	}
	return false
}
