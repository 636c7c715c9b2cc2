package outbound

import (
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/parallel"
	"sem.example/internal/source"
)

// A listenerMap settles what the listeners of one port are: which service listens at which address, and who gives way where
// several want the same one.
type listenerMap struct {
	c       *Builder
	number  uint32
	entries map[string]*listenerEntry // by main address
	order   []string
}

// serve plans the listeners of an egress. One with a port of its own gives its services that port; the others' services
// have their own ports, but stay out of the listeners that the Sidecar describes.
func (p *listenerMap) serve(e *egress) {
	if at := e.port(); at != nil {
		if at.Number == p.number {
			p.serveSidecarPort(e, at)
		}
		return
	}
	for _, d := range p.entries {
		d.locked = true
	}
	if p.number == 0 {
		return
	}
	binds, real := p.binding(e)
	var opts []listenerOpts
	for _, at := range e.on(p.number).list {
		if p.reserved(binds, at.port.Protocol) {
			continue
		}
		opts = append(opts, p.expand(listenerOpts{egress: e, service: at.service, port: at.port, written: at.service.PlaceOf(at.port),
			binds: binds, real: real})...)
	}
	p.addAll(opts)
}

func (p *listenerMap) serveSidecarPort(e *egress, at *networking.SidecarPort) {
	binds, real := p.binding(e)
	port := &mesh.Port{Name: at.Name, Number: at.Number, Protocol: mesh.ParseProtocol(at.Protocol)}
	if p.reserved(binds, port.Protocol) {
		return
	}
	written := config.Place{Object: p.c.view.Sidecar, Field: source.Join(e.Field, "port")}
	var opts []listenerOpts
	for _, s := range e.Services {
		opts = append(opts, listenerOpts{egress: e, service: s, port: port, written: written, binds: binds, real: real})
	}
	p.addAll(opts)
}

// binding is the address that an egress asks for, and whether its listener is a real one: without redirection, or on a
// Unix socket.
func (p *listenerMap) binding(e *egress) (binds []string, real bool) {
	bind := e.bind()
	real = p.c.view.Proxy().Interception() == mesh.NotAtAll || e.Spec.GetCaptureMode() == networking.CaptureMode_NONE || strings.HasPrefix(bind, xds.UnixPrefix)
	switch {
	case bind != "":
		return []string{bind}, real
	case real:
		return proxy.Loopbacks(p.c.view), real
	}
	return nil, real
}

// The ports of the proxy's own listeners: health and metrics.
const (
	statusPort     = 15021
	prometheusPort = 15090
)

// reserved reports whether a listener at every address would take a port that the proxy needs for itself.
func (p *listenerMap) reserved(binds []string, protocol mesh.Protocol) bool {
	if len(binds) == 0 && !protocol.IsHTTP() || len(binds) > 0 && binds[0] != proxy.Wildcards(p.c.view)[0] {
		return false
	}
	config := p.c.view.Mesh.Settings.Config
	switch p.number {
	case statusPort, prometheusPort, uint32(config.GetProxyListenPort()), uint32(config.GetProxyInboundListenPort()):
		return true
	}
	return false
}

// expand returns what a service on its own port wants. A headless service without HTTP is reached at the addresses of its
// endpoints, so it gets a listener for each of them except the proxy itself.
func (p *listenerMap) expand(b listenerOpts) []listenerOpts {
	s := b.service
	headless := len(b.binds) == 0 && s.Resolution == mesh.OriginalDst && proxy.ServiceAddress(p.c.view, s) == proxy.AnyIPv4 &&
		(b.port.Protocol.IsTCP() || b.port.Protocol == mesh.Detected)
	if !headless {
		return []listenerOpts{b}
	}
	endpoints := p.c.view.Instances(s, b.port)
	if !s.Kubernetes() && len(endpoints) == 0 && s.Selector == nil {
		return []listenerOpts{b}
	}
	var out []listenerOpts
	for _, e := range endpoints {
		ip, ok := proxy.ParseAddress(e.Address)
		if !ok || strings.Contains(e.Address, "/") || p.c.view.Proxy().HasFirst(ip) {
			continue
		}
		b.binds = []string{e.Address}
		out = append(out, b)
	}
	return out
}

// addAll adds what services want, in their order. What each wants by itself is worked out on all cores.
func (p *listenerMap) addAll(opts []listenerOpts) {
	opts = slices.DeleteFunc(opts, func(b listenerOpts) bool {
		return b.service.Resolution == mesh.Alias || kindOf(b.port.Protocol) == noTraffic
	})
	parallel.Each(len(opts), func(i int) { p.prepare(&opts[i]) })
	for _, b := range opts {
		p.add(b)
	}
}

// prepare finds the address of a service's listener, and the chains that it wants there.
func (p *listenerMap) prepare(b *listenerOpts) {
	kind := kindOf(b.port.Protocol)
	p.choose(b, kind)
	if kind != httpTraffic {
		b.chains = p.c.connectionChains(*b)
	}
}

// add adds what one service wants.
func (p *listenerMap) add(b listenerOpts) {
	current := p.entries[b.binds[0]]
	if current != nil && current.locked {
		current.overruled(b, "the Sidecar describes a listener at this address")
		return
	}
	if b.port.Protocol == mesh.HTTPProxy {
		p.put(b, []*filterchain.Chain{p.httpChain(b)}, mesh.HTTPProxy)
		return
	}
	switch kindOf(b.port.Protocol) {
	case httpTraffic:
		p.addHTTP(b, current)
	case tcpTraffic:
		p.addTCP(b, current)
	default:
		p.addDetected(b, current)
	}
}

// A traffic is what a listener must be ready for.
type traffic int

const (
	noTraffic       traffic = iota // UDP
	httpTraffic                    // requests
	tcpTraffic                     // anything else, TLS too
	detectedTraffic                // either
)

func kindOf(p mesh.Protocol) traffic {
	switch {
	case p.IsHTTP():
		return httpTraffic
	case p.IsTCP():
		return tcpTraffic
	case p == mesh.UDP:
		return noTraffic
	}
	return detectedTraffic
}

// choose finds the address for a service whose options name none. Requests name their host, so all of them share the listener for
// every address; other connections are known by their destination alone, so they get a listener at the service's
// address, or a filter chain for its CIDR.
func (p *listenerMap) choose(b *listenerOpts, kind traffic) {
	switch {
	case len(b.binds) > 0:
		return
	case kind == httpTraffic:
		b.binds = proxy.Wildcards(p.c.view)
		return
	}
	addresses := proxy.ServiceAddresses(p.c.view, b.service)
	main := proxy.ServiceAddress(p.c.view, b.service)
	extra := addresses[min(1, len(addresses)):]
	if strings.Contains(main, "/") {
		b.binds, b.cidrs = proxy.Wildcards(p.c.view), append([]string{main}, extra...)
		return
	}
	if !b.service.Kubernetes() && main == proxy.AnyIPv4 {
		b.binds = proxy.Wildcards(p.c.view)
		return
	}
	b.binds = append([]string{main}, extra...)
}

// put makes a service's chains those of the listener, whatever it was before.
func (p *listenerMap) put(b listenerOpts, chains []*filterchain.Chain, protocol mesh.Protocol) {
	bind := b.binds[0]
	before := p.entries[bind]
	if before == nil {
		p.order = append(p.order, bind)
	}
	d := &listenerEntry{binds: b.binds, port: b.port, real: b.real, protocol: protocol}
	d.set(chains)
	if before != nil {
		d.origins = before.origins
	}
	d.origins.Add("", b.origins()...)
	p.entries[bind] = d
}

// addHTTP adds requests to a listener. One that handles requests already needs nothing more: the route table tells
// the services apart.
func (p *listenerMap) addHTTP(b listenerOpts, current *listenerEntry) {
	if current != nil && !current.protocol.IsTCP() {
		return
	}
	chain, protocol := p.httpChain(b), b.port.Protocol
	if b.binds[0] == proxy.Wildcards(p.c.view)[0] {
		chain.DetectHTTP()
		protocol = mesh.Detected
	}
	if current != nil {
		protocol = mesh.Detected
	}
	p.combine(b, current, []*filterchain.Chain{chain}, protocol)
}

func (p *listenerMap) addTCP(b listenerOpts, current *listenerEntry) {
	chains := b.chains
	if current != nil && current.protocol.IsTCP() {
		p.combine(b, current, chains, current.protocol)
		return
	}
	protocol := b.port.Protocol
	if current != nil {
		protocol = mesh.Detected
	}
	p.combine(b, current, chains, protocol)
}

// addDetected adds a service whose protocol is to be found out: its requests by the route table, and its other
// connections. It takes the place of a listener for requests alone.
func (p *listenerMap) addDetected(b listenerOpts, current *listenerEntry) {
	chains := b.chains
	if current != nil && current.protocol == mesh.Detected {
		p.combine(b, current, chains, mesh.Detected)
		return
	}
	http := p.httpChain(b)
	http.DetectHTTP()
	chains = append(chains, http)
	if current != nil && current.protocol.IsHTTP() {
		p.put(b, chains, mesh.Detected)
		return
	}
	p.combine(b, current, chains, mesh.Detected)
}

// combine merges a service's chains into a listener, or makes the listener. Protocols in which the server speaks first
// cannot share one with others, as an inspector would wait for the client for ever.
func (p *listenerMap) combine(b listenerOpts, current *listenerEntry, chains []*filterchain.Chain, protocol mesh.Protocol) {
	switch {
	case current == nil:
		p.put(b, chains, protocol)
	case b.port.Protocol != current.protocol && (serverFirst(b.port.Protocol) || serverFirst(current.protocol)):
		current.overruled(b, "a protocol in which the server speaks first cannot share a listener")
	default:
		current.merge(chains)
		current.protocol = protocol
	}
}

func serverFirst(p mesh.Protocol) bool { return p == mesh.MySQL || p == mesh.Mongo }

// httpChain handles the requests of a service. Services of one port share a route table, unless the service has a
// listener of its own because its protocol is detected.
func (p *listenerMap) httpChain(b listenerOpts) *filterchain.Chain {
	table := strconv.Itoa(int(b.port.Number))
	switch {
	case b.port.Number == 0:
		table = b.binds[0]
	case b.port.Protocol == mesh.Detected && b.binds[0] != proxy.Wildcards(p.c.view)[0]:
		table = b.service.Host + ":" + table
	}
	out := filterchain.ForService(p.c.view, b.service, b.port, table)
	out.Origins.Add("", b.origins()...)
	extension.AddOrigins(&out.Origins, p.c.view, false, b.port.Number)
	return out
}
