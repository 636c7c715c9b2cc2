package compile

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	dynamicv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/clusters/dynamic_forward_proxy/v3"
	cachev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/common/dynamic_forward_proxy/v3"
	caresv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/network/dns_resolver/cares/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
)

// dynamic says whether the proxy itself resolves the names that match a wildcard host.
func dynamic(s *mesh.Service) bool {
	return s.Resolution == mesh.DynamicDNS && len(s.Host) > 0 && s.Host[0] == '*'
}

// dynamic says whether the destination is a name that only the request tells. Without a service it may be any name.
func (d *destination) dynamic() bool { return d.service == nil || dynamic(d.service) }

// dialsAnyName says whether the proxy resolves the names of unknown destinations itself.
func (c *Compiler) dialsAnyName() bool {
	mode := meshconfig.MeshConfig_OutboundTrafficPolicy_Mode(c.view.Outbound.GetMode())
	return !c.gateway() && mode == meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY_DYNAMIC_DNS
}

// newNameDraft starts a cluster whose only endpoint is what the name of each request resolves to.
func newNameDraft(name string, cache *cachev3.DnsCacheConfig) *draft {
	return &draft{
		Cluster: &clusterv3.Cluster{Name: name, LbPolicy: clusterv3.Cluster_CLUSTER_PROVIDED},
		names: &dynamicv3.ClusterConfig{
			ClusterImplementationSpecifier: &dynamicv3.ClusterConfig_DnsCacheConfig{DnsCacheConfig: cache},
		},
	}
}

// nameCluster builds the cluster of a wildcard host.
func (c *Compiler) nameCluster(d *destination) *draft {
	t := newNameDraft(d.name, c.dnsCache(d.service.Host+"_dfp_dns_cache"))
	c.speak(t, d.port.Protocol)
	c.upgrade(t, d.port, d.policy.ConnectionPool.Value)
	c.limit(t, d.policy.ConnectionPool.Value, d.policy.RetryBudget.Value)
	t.eject(d.service, d.policy.OutlierDetection.Value)
	c.encrypt(t, d)
	t.prependProxyProtocol(d.policy.ProxyProtocol.Value)
	t.exchangePeers()
	c.describe(t, d, placement{})
	return t
}

// anyName builds the cluster of destinations that are not of the mesh.
func (c *Compiler) anyName() *draft {
	tls := c.view.Mesh.Settings.Config.GetOutboundTrafficPolicy().GetTls()
	t := newNameDraft(anyDynamicDNS, c.anyDNSCache())
	t.names.AllowInsecureClusterOptions = tls.GetMode() == networking.ClientTLSSettings_DISABLE
	t.setHTTP(c.clientHTTP())
	c.limit(t, nil, nil)
	if context, ok := c.upstreamTLS(t, &destination{name: anyDynamicDNS}, tls); ok {
		t.TransportSocket = tlsSocket(context)
	}
	t.exchangePeers()
	return t
}

// dnsCache is where resolved names are kept; clusters and filters that share it must agree in every field.
func (c *Compiler) dnsCache(name string) *cachev3.DnsCacheConfig {
	return &cachev3.DnsCacheConfig{Name: name, DnsLookupFamily: c.lookupFamily()}
}

// anyDNSCache is the cache for unknown destinations. With DNS capture the agent beside the proxy answers.
func (c *Compiler) anyDNSCache() *cachev3.DnsCacheConfig {
	cache := c.dnsCache("allow_any_dfp_dns_cache")
	cache.MaxHosts = wrapperspb.UInt32(1024)
	if c.view.Proxy.DNSCapture {
		cache.TypedDnsResolverConfig = resolver(&caresv3.CaresDnsResolverConfig{Resolvers: []*corev3.Address{socket("127.0.0.1", 15053)}})
	}
	return cache
}

// allowInsecure lets the cluster go without the checks of names that Envoy demands here.
func (t *draft) allowInsecure() { t.names.AllowInsecureClusterOptions = true }
