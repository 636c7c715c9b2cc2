package compile

import (
	"slices"
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A listenerDraft is an outbound listener in the making: the filter chains that services want at one address.
type listenerDraft struct {
	binds    []string // addresses, the main one first; "unix://…" for a socket
	port     *mesh.Port
	real     bool          // it listens by itself, without connections being redirected to it
	locked   bool          // the Sidecar wrote it, so the services of other listeners stay out
	protocol mesh.Protocol // Detected once HTTP and other traffic are told apart
	chains   []*chainDraft
	taken    map[string]*chainDraft // by what they match
	origins  trail                  // the first service's; those of others are with their chains and virtual hosts
}

// outboundListeners builds the listeners of one port, for every address that is bound. Port 0 stands for Unix sockets.
func (c *Compiler) outboundListeners(port uint32) []*listenerv3.Listener {
	plan := &portPlan{c: c, number: port, drafts: map[string]*listenerDraft{}}
	for _, e := range c.egresses() {
		plan.serve(e)
	}
	var out []*listenerv3.Listener
	for _, bind := range plan.order {
		out = append(out, c.listener(plan.drafts[bind]))
	}
	if port != 0 && port == c.httpProxyPort() {
		out = append(out, c.httpProxy(port))
	}
	return out
}

// httpProxy is the listener at which the workload may use its sidecar as an HTTP proxy.
func (c *Compiler) httpProxy(port uint32) *listenerv3.Listener {
	d := &listenerDraft{binds: c.loopbacks(), port: &mesh.Port{Number: port}, real: true}
	m := c.outboundManager(httpProxyRoute)
	m.absolute = true
	chain := &chainDraft{http: m}
	chain.origins.add("", c.meshOrigin("proxyHttpPort")...)
	d.set([]*chainDraft{chain})
	d.origins = chain.origins
	return c.listener(d)
}

func (d *listenerDraft) name() string {
	return d.binds[0] + "_" + strconv.Itoa(int(d.port.Number))
}

// set replaces the chains; merge adds those whose match is still free.
func (d *listenerDraft) set(chains []*chainDraft) {
	d.chains, d.taken = nil, map[string]*chainDraft{}
	for _, ch := range chains {
		d.chains = append(d.chains, ch)
		if key := ch.key(); d.taken[key] == nil {
			d.taken[key] = ch
		}
	}
}

func (d *listenerDraft) merge(chains []*chainDraft) {
	for _, ch := range chains {
		key := ch.key()
		if first := d.taken[key]; first != nil {
			first.origins.yield(ch.origins, "the same connections")
			continue
		}
		d.taken[key] = ch
		d.chains = append(d.chains, ch)
	}
}

// listener turns a draft into the message. The chain that matches everything becomes the default one; where there is
// none, the outbound traffic policy decides about what no chain matches.
func (c *Compiler) listener(d *listenerDraft) *listenerv3.Listener {
	name := d.name()
	out := &listenerv3.Listener{
		Name:                             name,
		Address:                          bindTo(d.binds[0], d.port.Number),
		TrafficDirection:                 corev3.TrafficDirection_OUTBOUND,
		ContinueOnListenerFiltersTimeout: true,
	}
	for _, extra := range d.binds[1:] {
		out.AdditionalAddresses = append(out.AdditionalAddresses, &listenerv3.AdditionalAddress{Address: bindTo(extra, d.port.Number)})
	}
	if !d.real {
		out.BindToPort = no()
	}
	c.inspect(out, d.chains)
	c.origins.settle(envoy.Listener(name), d.origins)

	var every *chainDraft
	for _, ch := range d.chains {
		if ch.takesAll() {
			every = ch
			continue
		}
		c.origins.settle(envoy.FilterChain(name, len(out.FilterChains)), ch.origins)
		out.FilterChains = append(out.FilterChains, c.filterChain(ch, name))
	}
	switch {
	case every == nil:
		c.origins.record(envoy.FilterChain(name, -1), c.policyOrigins()...)
		out.DefaultFilterChain = c.unknownChain()
	case len(out.FilterChains) == 0:
		c.origins.settle(envoy.FilterChain(name, 0), every.origins)
		out.FilterChains = []*listenerv3.FilterChain{c.filterChain(every, name)}
	default:
		c.origins.settle(envoy.FilterChain(name, -1), every.origins)
		out.DefaultFilterChain = c.filterChain(every, name)
	}
	return out
}

// inspect adds the filters that tell the chains apart. Only where HTTP must be detected may the detection time out.
func (c *Compiler) inspect(out *listenerv3.Listener, chains []*chainDraft) {
	out.ListenerFiltersTimeout = seconds(0)
	if slices.ContainsFunc(chains, func(ch *chainDraft) bool { return len(ch.sni) > 0 || ch.readsSNI }) {
		out.ListenerFilters = append(out.ListenerFilters, tlsInspector())
	}
	if slices.ContainsFunc(chains, func(ch *chainDraft) bool { return len(ch.alpn) > 0 }) {
		out.ListenerFilters = append(out.ListenerFilters, httpInspector())
		out.ListenerFiltersTimeout = c.view.Mesh.Settings.Config.GetProtocolDetectionTimeout()
	}
}

// unknownChain is the chain for connections that no service claims.
func (c *Compiler) unknownChain() *listenerv3.FilterChain {
	return &listenerv3.FilterChain{
		Name:             "PassthroughFilterChain",
		FilterChainMatch: &listenerv3.FilterChainMatch{},
		Filters:          proxyTCP(mesh.TCP, tcpTo(c.unknownCluster())),
	}
}

func bindTo(address string, port uint32) *corev3.Address {
	if path, ok := strings.CutPrefix(address, unixPrefix); ok {
		return pipe(path)
	}
	return socket(address, port)
}

// unixPrefix starts the address of a Unix domain socket.
const unixPrefix = "unix://"

// routeNames returns the names of the route tables that listeners fetch, sorted.
func routeNames(listeners []*listenerv3.Listener) []string {
	var names []string
	for _, l := range listeners {
		for _, chain := range append(slices.Clone(l.FilterChains), l.GetDefaultFilterChain()) {
			for _, f := range chain.GetFilters() {
				hcm := &hcmv3.HttpConnectionManager{}
				if f.GetTypedConfig().UnmarshalTo(hcm) == nil && hcm.GetRds() != nil {
					names = append(names, hcm.GetRds().RouteConfigName)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
