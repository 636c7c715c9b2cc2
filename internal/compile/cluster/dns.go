package cluster

import (
	"sync"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	caresv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/network/dns_resolver/cares/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// resolveByDNS says how a cluster asks DNS for its endpoints. The fields are those that istiod still sends, though Envoy
// has newer ones.
func resolveByDNS(view *mesh.View, t *Mutable, s *mesh.Service) {
	t.DnsLookupFamily = proxy.LookupFamily(view)
	if s.RaceConnect {
		t.DnsLookupFamily = clusterv3.Cluster_ALL
	}
	t.DnsRefreshRate = view.Mesh.Settings.Config.GetDnsRefreshRate()
	t.setting("discovery", "dnsRefreshRate")
	t.DnsJitter = xds.Seconds(0.1)
	t.RespectDnsTtl = true
	t.TypedDnsResolverConfig = systemResolver()
}

// systemResolver asks the servers that the operating system is set up with.
var systemResolver = sync.OnceValue(func() *corev3.TypedExtensionConfig {
	return proxy.DNSResolver(&caresv3.CaresDnsResolverConfig{UdpMaxQueries: wrapperspb.UInt32(100)})
})
