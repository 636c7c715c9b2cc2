package compile

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// What happens to traffic for hosts that the proxy does not know: the modes of an outbound traffic policy. The Sidecar's
// own enumeration is a subset of the mesh's.
const (
	registryOnly = meshconfig.MeshConfig_OutboundTrafficPolicy_REGISTRY_ONLY
	allowAny     = meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY
	allowDynamic = meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY_DYNAMIC_DNS
)

func (c *Compiler) unknownHosts() meshconfig.MeshConfig_OutboundTrafficPolicy_Mode {
	return meshconfig.MeshConfig_OutboundTrafficPolicy_Mode(c.view.Outbound.GetMode())
}

// unknownCluster is where connections to unknown hosts go: on to where they are bound for, to the proxy that the Sidecar
// names for them, or nowhere.
func (c *Compiler) unknownCluster() string {
	switch {
	case c.unknownHosts() == registryOnly:
		return blackHole
	case c.view.Outbound.EgressProxy != nil:
		return destinationCluster(routing.DestinationOf(c.view.Outbound.EgressProxy, c.view.Policy.Join("egressProxy")), nil, 0)
	}
	return passthrough
}

// policyOrigins is where the outbound traffic policy is written; none for the default.
func (c *Compiler) policyOrigins() []envoy.Origin {
	if at := c.view.Policy; at.Object != nil {
		return spelled(at.Object, at.Field)
	}
	return nil
}

// virtualOutbound builds the listener that receives every connection of the workload. It hands them to the listener of
// their original destination, and keeps those that have none.
func (c *Compiler) virtualOutbound() *listenerv3.Listener {
	const name = "virtualOutbound"
	port := uint32(c.view.Mesh.Settings.Config.GetProxyListenPort())
	if port == 0 {
		return nil
	}
	out := &listenerv3.Listener{
		Name:             name,
		Address:          socket(c.wildcards()[0], port),
		UseOriginalDst:   yes(),
		TrafficDirection: corev3.TrafficDirection_OUTBOUND,
		FilterChains: []*listenerv3.FilterChain{{
			// A connection to the listener's own port would come back to it for ever.
			Name:             "virtualOutbound-blackhole",
			FilterChainMatch: &listenerv3.FilterChainMatch{DestinationPort: wrapperspb.UInt32(port)},
			Filters:          proxyTCP(mesh.TCP, tcpTo(blackHole)),
		}},
	}
	if c.unknownHosts() == allowDynamic {
		out.FilterChains = append(out.FilterChains, c.dynamicChain())
		out.ListenerFilters = []*listenerv3.ListenerFilter{httpInspector()}
	}
	c.origins.record(envoy.FilterChain(name, len(out.FilterChains)), c.policyOrigins()...)
	out.FilterChains = append(out.FilterChains, &listenerv3.FilterChain{
		Name:    "virtualOutbound-catchall-tcp",
		Filters: proxyTCP(mesh.TCP, tcpTo(c.unknownCluster())),
	})
	return out
}

// dynamicChain takes plain HTTP for unknown hosts, which the proxy then looks up by the name that was asked for.
func (c *Compiler) dynamicChain() *listenerv3.FilterChain {
	const table = "allow_any_dynamic_dns"
	manager := manager{
		side: outboundSide,
		name: "outbound_virtualOutbound_allow_any_dynamic_dns",
		routes: &routev3.RouteConfiguration{
			Name:                           table,
			VirtualHosts:                   []*routev3.VirtualHost{c.catchAll(table)},
			ValidateClusters:               no(),
			MaxDirectResponseBodySizeBytes: directBodyLimit,
			IgnorePortInHostMatching:       true,
		},
		filters: c.dynamicFilters(nil),
	}
	return &listenerv3.FilterChain{
		Name:             "virtualOutbound-catchall-tcp-http",
		FilterChainMatch: &listenerv3.FilterChainMatch{ApplicationProtocols: plaintextHTTP},
		Filters:          []*listenerv3.Filter{c.httpManager(manager)},
	}
}
