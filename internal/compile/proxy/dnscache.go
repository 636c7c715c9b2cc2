package proxy

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	cachev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/common/dynamic_forward_proxy/v3"
	caresv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/network/dns_resolver/cares/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// Dynamic reports whether the proxy itself resolves the names that match the host of a service, a wildcard.
func Dynamic(s *mesh.Service) bool {
	return s != nil && s.Resolution == mesh.DynamicDNS && mesh.IsWildcard(s.Host)
}

// DNSCache is where resolved names are kept; clusters and filters that share it must agree in every field.
func DNSCache(view *mesh.View, name string) *cachev3.DnsCacheConfig {
	family := LookupFamily(view)
	if !view.Mesh.Settings.Release.Has(release.DynamicDNSFamily) {
		family = clusterv3.Cluster_V4_ONLY
	}
	return &cachev3.DnsCacheConfig{Name: name, DnsLookupFamily: family}
}

// AnyDNSCache is the cache for unknown destinations. With DNS capture the agent beside the proxy answers.
func AnyDNSCache(view *mesh.View) *cachev3.DnsCacheConfig {
	cache := DNSCache(view, "allow_any_dfp_dns_cache")
	cache.MaxHosts = wrapperspb.UInt32(1024)
	if view.Proxy().DNSCapture() {
		cache.TypedDnsResolverConfig = DNSResolver(&caresv3.CaresDnsResolverConfig{Resolvers: []*corev3.Address{xds.SocketAddress("127.0.0.1", 15053)}})
	}
	return cache
}

// LookupFamily is the address family that the proxy can reach: its own. A proxy with both looks for IPv4.
func LookupFamily(view *mesh.View) clusterv3.Cluster_DnsLookupFamily {
	if FamiliesOf(view).V4 {
		return clusterv3.Cluster_V4_ONLY
	}
	return clusterv3.Cluster_V6_ONLY
}

// DNSResolver is the c-ares resolver as an extension.
func DNSResolver(config *caresv3.CaresDnsResolverConfig) *corev3.TypedExtensionConfig {
	return &corev3.TypedExtensionConfig{Name: "envoy.network.dns_resolver.cares", TypedConfig: xds.Any(config)}
}

// DNSCacheName names the cache that the filters of a service share with its cluster.
func DNSCacheName(s *mesh.Service) string { return s.Host + "_dfp_dns_cache" }
