package compile

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	cachev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/common/dynamic_forward_proxy/v3"
	forwardv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/dynamic_forward_proxy/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	sniv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3"

	"sem.example/internal/mesh"
)

// dynamicFilters look up the host of a request in DNS before it is routed: for a service that stands for many names, and
// where the outbound traffic policy sends unknown hosts to where DNS says.
func (c *Compiler) dynamicFilters(s *mesh.Service) []*hcmv3.HttpFilter {
	var out []*hcmv3.HttpFilter
	if manyNames(s) {
		out = append(out, lookupFilter(c.dnsCache(dnsCacheName(s))))
	}
	if c.unknownHosts() == allowDynamic {
		out = append(out, lookupFilter(c.anyDNSCache()))
	}
	return out
}

func lookupFilter(cache *cachev3.DnsCacheConfig) *hcmv3.HttpFilter {
	return httpFilter("envoy.filters.http.dynamic_forward_proxy", &forwardv3.FilterConfig{
		ImplementationSpecifier: &forwardv3.FilterConfig_DnsCacheConfig{DnsCacheConfig: cache},
	})
}

// nameFilters look up the server name of a TLS connection in DNS, for a service that stands for many names. Here alone
// istiod holds what leaves the workload against the policies about what reaches it, and those of the service's namespace.
func (c *Compiler) nameFilters(b bid) []*listenerv3.Filter {
	if !manyNames(b.service) {
		return nil
	}
	return append(slices.Clone(c.guard(guarded{tcp: true, to: b.service}).network),
		networkFilter("envoy.extensions.filters.network.sni_dynamic_forward_proxy", &sniv3.FilterConfig{
			DnsCacheConfig: c.dnsCache(dnsCacheName(b.service)),
			PortSpecifier:  &sniv3.FilterConfig_PortValue{PortValue: b.port.Number},
		}))
}

// dnsCacheName names the cache that the filters of a service share with its cluster.
func dnsCacheName(s *mesh.Service) string { return s.Host + "_dfp_dns_cache" }
