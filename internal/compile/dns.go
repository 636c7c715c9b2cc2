package compile

import (
	"sync"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	caresv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/network/dns_resolver/cares/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/mesh"
)

// resolveByDNS says how a cluster asks DNS for its endpoints. The fields are those that istiod still sends, though Envoy
// has newer ones.
func (c *Compiler) resolveByDNS(t *draft, s *mesh.Service) {
	t.DnsLookupFamily = c.lookupFamily()
	if s.RaceConnect {
		t.DnsLookupFamily = clusterv3.Cluster_ALL
	}
	t.DnsRefreshRate = c.view.Mesh.Settings.Config.GetDnsRefreshRate()
	t.setting("discovery", "dnsRefreshRate")
	t.DnsJitter = seconds(0.1)
	t.RespectDnsTtl = true
	t.TypedDnsResolverConfig = systemResolver()
}

// systemResolver asks the servers that the operating system is set up with.
var systemResolver = sync.OnceValue(func() *corev3.TypedExtensionConfig {
	return resolver(&caresv3.CaresDnsResolverConfig{UdpMaxQueries: wrapperspb.UInt32(100)})
})

// lookupFamily is the address family that the proxy can reach: its own. A proxy with both looks for IPv4.
func (c *Compiler) lookupFamily() clusterv3.Cluster_DnsLookupFamily {
	ips := c.view.Proxy.IPs
	for _, ip := range ips {
		if ip.Unmap().Is4() {
			return clusterv3.Cluster_V4_ONLY
		}
	}
	if len(ips) == 0 {
		return clusterv3.Cluster_V4_ONLY
	}
	return clusterv3.Cluster_V6_ONLY
}

func resolver(config *caresv3.CaresDnsResolverConfig) *corev3.TypedExtensionConfig {
	return &corev3.TypedExtensionConfig{Name: "envoy.network.dns_resolver.cares", TypedConfig: pack(config)}
}
