package compile

import (
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// gatewayPorts returns the ports that the gateway proxy listens on, sorted.
func (c *Compiler) gatewayPorts() []uint32 {
	var ports []uint32
	for _, g := range c.servers().groups {
		ports = append(ports, g.port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// gatewayListeners builds the listeners of one port, for every address that Gateways bind. Groups of servers that share
// an address share the listener, the chains of the first before those of the next. A listener without a chain is none.
func (c *Compiler) gatewayListeners(port uint32) []*listenerv3.Listener {
	var binds []string
	drafts := map[string][]*chainDraft{}
	names := sniNames{}
	for _, g := range c.servers().groups {
		if g.port != port {
			continue
		}
		bind := c.bindOf(g.bind)
		if !slices.Contains(binds, bind) {
			binds = append(binds, bind)
		}
		drafts[bind] = append(drafts[bind], c.groupChains(g, names)...)
	}
	var out []*listenerv3.Listener
	for _, bind := range binds {
		c.recordSkipped(bind, port)
		if len(drafts[bind]) > 0 {
			out = append(out, c.gatewayListener(bind, port, drafts[bind]))
		}
	}
	return out
}

// bindOf is the address that servers bind, by default the one that stands for all.
func (c *Compiler) bindOf(bind string) string {
	if bind == "" {
		return c.wildcards()[0]
	}
	return bind
}

// recordSkipped notes at a listener which servers lost against its own.
func (c *Compiler) recordSkipped(bind string, port uint32) {
	for _, s := range c.servers().skipped {
		if s.port == port && c.bindOf(s.GetBind()) == bind {
			c.origins.record(envoy.Listener(listenerName(bind, port)), overridden(mesh.Loser{Object: s.object, Field: s.field, Reason: s.why}))
		}
	}
}

func (c *Compiler) gatewayListener(bind string, port uint32, drafts []*chainDraft) *listenerv3.Listener {
	name := listenerName(bind, port)
	l := &listenerv3.Listener{
		Name:                          name,
		Address:                       listenAddress(bind, port),
		TrafficDirection:              corev3.TrafficDirection_OUTBOUND,
		PerConnectionBufferLimitBytes: unsigned(c.connectionSettings().GetListenerPerConnectionBufferLimitBytes()),
		FilterChains:                  c.placeChains(name, drafts),
	}
	if c.proxyConfig().GetGatewayTopology().GetProxyProtocol() != nil {
		l.ListenerFilters = append(l.ListenerFilters, proxyProtocol())
	}
	if slices.ContainsFunc(drafts, func(d *chainDraft) bool { return len(d.sni) > 0 || d.tls != nil }) {
		l.ListenerFilters = append(l.ListenerFilters, tlsInspector())
	}
	return l
}

// groupChains builds the chains of servers that share a port, an address and a protocol: one chain for all that speak
// plain HTTP, one for each that ends TLS or takes connections as they come, and one for each rule about SNI where TLS
// is passed on.
func (c *Compiler) groupChains(g *serverGroup, names sniNames) []*chainDraft {
	if g.protocol.IsHTTP() {
		d := c.requestChain(g.protocol, g.table)
		for _, s := range g.servers {
			d.origins.add("", spelled(s.object, s.field)...)
		}
		return []*chainDraft{d}
	}
	var out []*chainDraft
	for _, s := range g.servers {
		out = append(out, c.serverChains(s, names)...)
	}
	return out
}

// serverChains builds the chains of a server that does not speak plain HTTP.
func (c *Compiler) serverChains(s *gatewayServer, names sniNames) []*chainDraft {
	switch {
	case s.GetTls() != nil && s.readsHTTP():
		d := c.requestChain(s.protocol, s.table)
		c.endTLS(d, s)
		d.origins.add("", spelled(s.object, s.field)...)
		return []*chainDraft{d}
	case s.passes():
		return c.passedChains(s, names)
	}
	return c.connectionServer(s)
}

// requestChain reads requests, and routes them by a table. A chain's policies are about requests.
func (c *Compiler) requestChain(protocol mesh.Protocol, table string) *chainDraft {
	d := &chainDraft{http: &manager{side: gatewaySide, protocol: protocol, table: table}}
	d.origins = slices.Concat(c.managerOrigins(), c.authentication().origins, c.authorization(false).origins)
	return d
}
