package outbound

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	sniv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
)

// nameFilters look up the server name of a TLS connection in DNS, for a service that stands for many names. Here alone
// istiod holds what leaves the workload against the policies about what reaches it, and those of the service's namespace.
func (c *Builder) nameFilters(b listenerOpts) []*listenerv3.Filter {
	before, behind := extension.Network(c.view, false, b.port.Number)
	if !proxy.Dynamic(b.service) {
		return append(before, behind...)
	}
	auth := c.access.ConnectionsTo(b.service)
	return append(slices.Concat(auth.NetworkExternal, before, auth.Network, behind),
		xds.NetworkFilter("envoy.extensions.filters.network.sni_dynamic_forward_proxy", &sniv3.FilterConfig{
			DnsCacheConfig: proxy.DNSCache(c.view, proxy.DNSCacheName(b.service)),
			PortSpecifier:  &sniv3.FilterConfig_PortValue{PortValue: b.port.Number},
		}))
}
