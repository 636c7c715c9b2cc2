package cluster

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	dynamicv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/clusters/dynamic_forward_proxy/v3"
	cachev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/common/dynamic_forward_proxy/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// newDynamicCluster starts a cluster whose only endpoint is what the name of each request resolves to.
func newDynamicCluster(name string, cache *cachev3.DnsCacheConfig) *Mutable {
	return &Mutable{
		Cluster: &clusterv3.Cluster{Name: name, LbPolicy: clusterv3.Cluster_CLUSTER_PROVIDED},
		names: &dynamicv3.ClusterConfig{
			ClusterImplementationSpecifier: &dynamicv3.ClusterConfig_DnsCacheConfig{DnsCacheConfig: cache},
		},
	}
}

// nameCluster builds the cluster of a wildcard host.
func (c *Builder) nameCluster(d *destination) *Mutable {
	t := newDynamicCluster(d.name, proxy.DNSCache(c.view, proxy.DNSCacheName(d.service)))
	SetProtocol(c.view, t, d.port.Protocol)
	upgrade(c.view, t, d.port, d.policy.ConnectionPool.Value)
	ApplyConnectionPool(c.view, t, d.policy.ConnectionPool.Value, d.policy.RetryBudget.Value)
	t.eject(d.service, d.policy.OutlierDetection.Value)
	encrypt(c.view, t, d)
	t.prependProxyProtocol(d.policy.ProxyProtocol.Value)
	t.exchangePeers()
	c.describe(t, d, placement{})
	return t
}

// anyNameCluster builds the cluster of destinations that are not of the mesh.
func anyNameCluster(view *mesh.View) *Mutable {
	tls := view.Mesh.Settings.Config.GetOutboundTrafficPolicy().GetTls()
	t := newDynamicCluster(xds.AnyDynamicDNS, proxy.AnyDNSCache(view))
	t.names.AllowInsecureClusterOptions = tls.GetMode() == networking.ClientTLSSettings_DISABLE
	t.setHTTP(clientHTTP(view))
	ApplyConnectionPool(view, t, nil, nil)
	if context, ok := upstreamTLS(view, t, &destination{name: xds.AnyDynamicDNS}, tls); ok {
		t.TransportSocket = tlsSocket(context)
	}
	t.exchangePeers()
	return t
}
