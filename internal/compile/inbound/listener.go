package inbound

import (
	"cmp"
	"fmt"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// VirtualInbound builds the listener that every connection to the workload is redirected to. Its chains are those of
// each port, and those that let all other connections through.
func (c *Builder) VirtualInbound() *listenerv3.Listener {
	mode := c.view.Proxy().Interception()
	if mode == mesh.NotAtAll {
		return nil
	}
	chains := append([]*filterchain.Chain{blackHoleChain(c.view)}, c.passthroughChains()...)
	for _, p := range c.inboundPorts() {
		if !p.bound {
			chains = append(chains, c.inboundChains(p)...)
		}
	}
	c.recordUnheeded()
	l := c.inboundListener("virtualInbound", proxy.Wildcards(c.view)[0], uint32(c.view.Mesh.Settings.Config.GetProxyInboundListenPort()), chains)
	filters := []*listenerv3.ListenerFilter{xds.OriginalDestination()}
	if mode == mesh.TProxy {
		l.Transparent = xds.True()
		filters = append(filters, xds.OriginalSource())
	}
	l.ListenerFilters = append(filters, l.ListenerFilters...)
	return l
}

// recordUnheeded notes at the listener which documents would have had a say in it: ports of services where the Sidecar
// names its own, or that are the proxy's, and PeerAuthentications that an older one precedes.
func (c *Builder) recordUnheeded() {
	at := envoy.Listener("virtualInbound")
	for _, t := range c.view.Targets() {
		why := ""
		switch {
		case hasIngress(c.view):
			why = "the inbound listeners of Sidecar " + c.view.Sidecar.Name + " replace the ports of its Services"
		case reservedPort(c.view, t.Number):
			why = fmt.Sprintf("port %d is the proxy's own", t.Number)
		default:
			continue
		}
		c.origins.Record(at, origin.Overridden(config.Ignored{Object: t.Service.Object, Field: t.Port.Field, Reason: why}))
	}
	for _, l := range c.view.Mesh.HiddenPeerAuthentications() {
		if ns := l.Object.Namespace; c.view.Proxy().In(ns) || ns == c.view.Mesh.Settings.Config.GetRootNamespace() {
			c.origins.Record(at.Part("tls"), origin.Overridden(l))
		}
	}
}

// inboundListener builds a listener from its chains and records where they come from.
func (c *Builder) inboundListener(name, address string, port uint32, chains []*filterchain.Chain) *listenerv3.Listener {
	l := &listenerv3.Listener{
		Name:                             name,
		Address:                          xds.ListenAddress(address, port),
		TrafficDirection:                 corev3.TrafficDirection_INBOUND,
		ContinueOnListenerFiltersTimeout: true,
		ListenerFiltersTimeout:           c.view.Mesh.Settings.Config.GetProtocolDetectionTimeout(),
		FilterChains:                     filterchain.BuildAll(c.view, c.origins, name, chains),
	}
	for _, chain := range l.FilterChains {
		chain.TransportSocketConnectTimeout = nil // peers of the mesh are trusted to finish their handshakes
	}
	l.ListenerFilters = xds.Inspectors(l.FilterChains)
	return l
}

// inboundPorts returns the ports of the workload, sorted: those that services lead to, or those that a Sidecar names.
func (c *Builder) inboundPorts() []*inboundPort {
	return c.ports.Get(func() []*inboundPort {
		list := servedPorts
		switch {
		case hasIngress(c.view):
			list = ingressPorts
		case c.view.Proxy().Interception() == mesh.NotAtAll:
			return nil // the workload itself listens there
		}
		ports := list(c.view)
		slices.SortFunc(ports, func(a, b *inboundPort) int { return cmp.Compare(a.number, b.number) })
		return ports
	})
}
