package gateway

import (
	"maps"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// Ports returns the ports that the gateway proxy listens on, sorted.
func (c *Builder) Ports() []uint32 {
	var ports []uint32
	for _, g := range c.servers().groups {
		ports = append(ports, g.port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// Listeners builds the listeners of one port, for every address that Gateways bind. A listener without a chain is
// none.
func (c *Builder) Listeners(port uint32) []*listenerv3.Listener {
	p := &gatewayPort{number: port, sni: map[string]string{}, binds: map[string]*gatewayBind{}}
	for _, g := range c.servers().groups {
		if g.port == port {
			b := p.bind(bindOf(c.view, g.bind))
			b.chains = append(b.chains, c.groupChains(g, p)...)
			for _, s := range g.servers {
				b.servers = append(b.servers, s.portOrigins()...)
			}
		}
	}
	for _, s := range c.servers().skipped {
		if s.port == port {
			p.bind(bindOf(c.view, s.GetBind())).lose(s.At, s.why)
		}
	}
	var out []*listenerv3.Listener
	for _, address := range slices.Sorted(maps.Keys(p.binds)) {
		b, at := p.binds[address], envoy.Listener(xds.ListenerName(address, port))
		if len(b.chains) > 0 {
			c.origins.Record(at, b.servers...)
			out = append(out, c.gatewayListener(address, port, b.chains))
		}
		c.origins.Record(at, b.lost...)
	}
	return out
}

func (c *Builder) gatewayListener(bind string, port uint32, chains []*filterchain.Chain) *listenerv3.Listener {
	name := xds.ListenerName(bind, port)
	l := &listenerv3.Listener{
		Name:                          name,
		Address:                       xds.ListenAddress(bind, port),
		TrafficDirection:              corev3.TrafficDirection_OUTBOUND,
		PerConnectionBufferLimitBytes: filterchain.BufferLimit(c.view),
		FilterChains:                  filterchain.BuildAll(c.view, c.origins, name, chains),
	}
	if proxy.Config(c.view).GetGatewayTopology().GetProxyProtocol() != nil {
		l.ListenerFilters = append(l.ListenerFilters, xds.ProxyProtocol())
	}
	if slices.ContainsFunc(chains, func(d *filterchain.Chain) bool { return len(d.SNI) > 0 || d.TLS != nil }) {
		l.ListenerFilters = append(l.ListenerFilters, xds.TLSInspector())
	}
	return l
}

// groupChains builds the chains of servers that share a port, an address and a protocol: one chain for all that speak
// plain HTTP, one for each that ends TLS or takes connections as they come, and one for each rule about SNI where TLS
// is passed on.
func (c *Builder) groupChains(g *serverGroup, p *gatewayPort) []*filterchain.Chain {
	if g.protocol.IsHTTP() {
		d := c.requestChain(g.protocol, g.table, p.number)
		for _, s := range g.servers {
			d.Origins.Add("", origin.DefinesTreeAt(s.At)...)
		}
		return filterchain.Extend(c.view, p.number, []*filterchain.Chain{d})
	}
	var out []*filterchain.Chain
	for _, s := range g.servers {
		out = append(out, c.serverChains(s, p)...)
	}
	return filterchain.Extend(c.view, p.number, out)
}

// serverChains builds the chains of a server that does not speak plain HTTP.
func (c *Builder) serverChains(s *gatewayServer, p *gatewayPort) []*filterchain.Chain {
	switch {
	case s.GetTls() != nil && s.readsHTTP():
		d := c.requestChain(s.protocol, s.table, s.GetPort().GetNumber())
		endTLS(c.view, d, s)
		d.Origins.Add("", origin.DefinesTreeAt(s.At)...)
		return []*filterchain.Chain{d}
	case s.passes():
		return c.passedChains(s, p)
	}
	return c.connectionServer(s, p)
}

// requestChain reads requests, and routes them by a table. A chain's policies are about requests.
func (c *Builder) requestChain(protocol mesh.Protocol, table string, port uint32) *filterchain.Chain {
	d := &filterchain.Chain{HTTP: &filterchain.Manager{Side: filterchain.Gateway, Access: c.access, Protocol: protocol, Port: port, Table: table}}
	d.Origins = filterchain.ManagerOrigins(c.view)
	extension.AddOrigins(&d.Origins, c.view, false, port)
	d.Shared = []origin.Shared{c.access.Authentication().Shared, c.access.Requests().Shared}
	return d
}
