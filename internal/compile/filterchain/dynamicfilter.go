package filterchain

import (
	cachev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/common/dynamic_forward_proxy/v3"
	forwardv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/dynamic_forward_proxy/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// DynamicFilters look up the host of a request in DNS before it is routed: for a service that stands for many names, and
// where the outbound traffic policy sends unknown hosts to where DNS says.
func DynamicFilters(view *mesh.View, s *mesh.Service) []*hcmv3.HttpFilter {
	var out []*hcmv3.HttpFilter
	if proxy.Dynamic(s) {
		out = append(out, lookupFilter(proxy.DNSCache(view, proxy.DNSCacheName(s))))
	}
	if proxy.OutboundMode(view) == proxy.AllowDynamic {
		out = append(out, lookupFilter(proxy.AnyDNSCache(view)))
	}
	return out
}

func lookupFilter(cache *cachev3.DnsCacheConfig) *hcmv3.HttpFilter {
	return xds.HTTPFilter("envoy.filters.http.dynamic_forward_proxy", &forwardv3.FilterConfig{
		ImplementationSpecifier: &forwardv3.FilterConfig_DnsCacheConfig{DnsCacheConfig: cache},
	})
}
