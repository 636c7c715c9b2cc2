package outbound

import (
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// Listeners builds the listeners of one port, for every address that is bound. Port 0 stands for Unix sockets.
func (c *Builder) Listeners(port uint32) []*listenerv3.Listener {
	plan := &listenerMap{c: c, number: port, entries: map[string]*listenerEntry{}}
	for _, e := range c.egresses() {
		plan.serve(e)
	}
	var out []*listenerv3.Listener
	for _, bind := range plan.order {
		out = append(out, c.listener(plan.entries[bind]))
	}
	if port != 0 && port == proxy.HTTPProxyPort(c.view) {
		out = append(out, c.httpProxy(port))
	}
	return out
}

// httpProxy is the listener at which the workload may use its sidecar as an HTTP proxy.
func (c *Builder) httpProxy(port uint32) *listenerv3.Listener {
	d := &listenerEntry{binds: proxy.Loopbacks(c.view), port: &mesh.Port{Number: port}, real: true}
	m := filterchain.OutboundManager(c.view, xds.HTTPProxyRoute, port)
	m.Absolute = true
	chain := &filterchain.Chain{HTTP: m}
	chain.Origins.Add("", origin.Setting(c.view, "proxyHttpPort")...)
	d.set([]*filterchain.Chain{chain})
	d.origins = chain.Origins
	return c.listener(d)
}

// listener turns an entry into the message. The chain that matches everything becomes the default one; where there is
// none, the outbound traffic policy decides about what no chain matches.
func (c *Builder) listener(d *listenerEntry) *listenerv3.Listener {
	name := d.name()
	out := &listenerv3.Listener{
		Name:                             name,
		Address:                          xds.ListenAddress(d.binds[0], d.port.Number),
		TrafficDirection:                 corev3.TrafficDirection_OUTBOUND,
		ContinueOnListenerFiltersTimeout: true,
	}
	for _, extra := range d.binds[1:] {
		out.AdditionalAddresses = append(out.AdditionalAddresses, &listenerv3.AdditionalAddress{Address: xds.ListenAddress(extra, d.port.Number)})
	}
	if !d.real {
		out.BindToPort = xds.False()
	}
	addInspectors(c.view, out, d.chains)
	c.origins.Put(envoy.Listener(name), d.origins)

	var every *filterchain.Chain
	for _, ch := range filterchain.Extend(c.view, d.port.Number, d.chains) {
		if ch.TakesAll() {
			every = ch
			continue
		}
		c.origins.Put(envoy.FilterChain(name, len(out.FilterChains)), ch.Origins)
		out.FilterChains = append(out.FilterChains, filterchain.Build(c.view, ch, name))
	}
	switch {
	case every == nil:
		c.origins.Record(envoy.FilterChain(name, -1), proxy.OutboundPolicyOrigins(c.view)...)
		out.DefaultFilterChain = unknownChain(c.view)
	case len(out.FilterChains) == 0:
		c.origins.Put(envoy.FilterChain(name, 0), every.Origins)
		out.FilterChains = []*listenerv3.FilterChain{filterchain.Build(c.view, every, name)}
	default:
		c.origins.Put(envoy.FilterChain(name, -1), every.Origins)
		out.DefaultFilterChain = filterchain.Build(c.view, every, name)
	}
	return out
}

// addInspectors adds the filters that tell the chains apart. Only where HTTP must be detected may the detection time out.
func addInspectors(view *mesh.View, out *listenerv3.Listener, chains []*filterchain.Chain) {
	out.ListenerFiltersTimeout = xds.Seconds(0)
	if slices.ContainsFunc(chains, func(ch *filterchain.Chain) bool { return len(ch.SNI) > 0 || ch.ReadsSNI }) {
		out.ListenerFilters = append(out.ListenerFilters, xds.TLSInspector())
	}
	if slices.ContainsFunc(chains, func(ch *filterchain.Chain) bool { return len(ch.ALPN) > 0 }) {
		out.ListenerFilters = append(out.ListenerFilters, xds.HTTPInspector())
		out.ListenerFiltersTimeout = view.Mesh.Settings.Config.GetProtocolDetectionTimeout()
	}
}

// unknownChain is the chain for connections that no service claims.
func unknownChain(view *mesh.View) *listenerv3.FilterChain {
	return &listenerv3.FilterChain{
		Name:             "PassthroughFilterChain",
		FilterChainMatch: &listenerv3.FilterChainMatch{},
		Filters:          xds.TCPFilters(mesh.TCP, xds.TCPProxyTo(unknownCluster(view))),
	}
}
