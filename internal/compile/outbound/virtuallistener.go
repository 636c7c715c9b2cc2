package outbound

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// VirtualOutbound builds the listener that receives every connection of the workload. It hands them to the listener of
// their original destination, and keeps those that have none.
func (c *Builder) VirtualOutbound() *listenerv3.Listener {
	const name = "virtualOutbound"
	port := uint32(c.view.Mesh.Settings.Config.GetProxyListenPort())
	mode := c.view.Proxy().Interception()
	if port == 0 || mode == mesh.NotAtAll {
		return nil
	}
	out := &listenerv3.Listener{
		Name:             name,
		Address:          xds.SocketAddress(proxy.Wildcards(c.view)[0], port),
		UseOriginalDst:   xds.True(),
		TrafficDirection: corev3.TrafficDirection_OUTBOUND,
		FilterChains: []*listenerv3.FilterChain{{
			// A connection to the listener's own port would come back to it for ever.
			Name:             "virtualOutbound-blackhole",
			FilterChainMatch: &listenerv3.FilterChainMatch{DestinationPort: wrapperspb.UInt32(port)},
			Filters:          xds.TCPFilters(mesh.TCP, xds.TCPProxyTo(xds.BlackHole)),
		}},
	}
	if mode == mesh.TProxy {
		out.Transparent = xds.True()
	}
	if proxy.OutboundMode(c.view) == proxy.AllowDynamic {
		out.FilterChains = append(out.FilterChains, c.dynamicChain())
		out.ListenerFilters = []*listenerv3.ListenerFilter{xds.HTTPInspector()}
	}
	c.origins.Record(envoy.FilterChain(name, len(out.FilterChains)), proxy.OutboundPolicyOrigins(c.view)...)
	out.FilterChains = append(out.FilterChains, &listenerv3.FilterChain{
		Name:    "virtualOutbound-catchall-tcp",
		Filters: xds.TCPFilters(mesh.TCP, xds.TCPProxyTo(unknownCluster(c.view))),
	})
	return out
}

// dynamicChain takes plain HTTP for unknown hosts, which the proxy then looks up by the name that was asked for.
func (c *Builder) dynamicChain() *listenerv3.FilterChain {
	const table = "allow_any_dynamic_dns"
	manager := filterchain.Manager{
		Side: filterchain.Outbound,
		Name: "outbound_virtualOutbound_allow_any_dynamic_dns",
		Routes: &routev3.RouteConfiguration{
			Name:                           table,
			VirtualHosts:                   []*routev3.VirtualHost{c.catchAll(table)},
			ValidateClusters:               xds.False(),
			MaxDirectResponseBodySizeBytes: directBodyLimit,
			IgnorePortInHostMatching:       true,
		},
		Filters: filterchain.DynamicFilters(c.view, nil),
	}
	return &listenerv3.FilterChain{
		Name:             "virtualOutbound-catchall-tcp-http",
		FilterChainMatch: &listenerv3.FilterChainMatch{ApplicationProtocols: xds.PlaintextHTTP},
		Filters:          []*listenerv3.Filter{filterchain.ManagerFilter(c.view, manager)},
	}
}
