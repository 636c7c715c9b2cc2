package compile

import (
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A portPlan settles what the listeners of one port are: which service listens at which address, and who gives way where
// several want the same one.
type portPlan struct {
	c      *Compiler
	number uint32
	drafts map[string]*listenerDraft // by main address
	order  []string
}

// A claim is the wish of a service for a listener.
type claim struct {
	egress  *egress
	service *mesh.Service
	port    *mesh.Port   // of the listener: the Sidecar's, or the service's own
	written mesh.Written // where the port stands
	binds   []string   // addresses; none leaves the choice to the service
	cidrs   []string   // destinations that the service is reached at, where the listener is for every address
	real    bool
}

// serve plans the listeners of an egress. One with a port of its own gives its services that port; the others' services
// have their own ports, but stay out of the listeners that the Sidecar describes.
func (p *portPlan) serve(e *egress) {
	if at := e.port(); at != nil {
		if at.Number == p.number {
			p.serveSidecarPort(e, at)
		}
		return
	}
	for _, d := range p.drafts {
		d.locked = true
	}
	if p.number == 0 {
		return
	}
	binds, real := p.binding(e)
	for _, at := range e.on(p.number).list {
		if p.reserved(binds, at.port.Protocol) {
			continue
		}
		p.claimAll(claim{egress: e, service: at.service, port: at.port, written: mesh.Written{Object: at.service.Object, Field: at.port.Field},
			binds: binds, real: real})
	}
}

func (p *portPlan) serveSidecarPort(e *egress, at *networking.SidecarPort) {
	binds, real := p.binding(e)
	port := &mesh.Port{Name: at.Name, Number: at.Number, Protocol: mesh.ParseProtocol(at.Protocol)}
	if p.reserved(binds, port.Protocol) {
		return
	}
	written := mesh.Written{Object: p.c.view.Sidecar, Field: source.Join(e.Field, "port")}
	for _, s := range e.Services {
		p.claim(claim{egress: e, service: s, port: port, written: written, binds: binds, real: real})
	}
}

// binding is the address that an egress asks for, and whether its listener is a real one: without redirection, or on a
// Unix socket.
func (p *portPlan) binding(e *egress) (binds []string, real bool) {
	bind := e.bind()
	real = e.Spec.GetCaptureMode() == networking.CaptureMode_NONE || strings.HasPrefix(bind, unixPrefix)
	switch {
	case bind != "":
		return []string{bind}, real
	case real:
		return p.c.loopbacks(), real
	}
	return nil, real
}

// The ports of the proxy's own listeners: health and metrics.
const (
	statusPort     = 15021
	prometheusPort = 15090
)

// reserved says whether a listener at every address would take a port that the proxy needs for itself.
func (p *portPlan) reserved(binds []string, protocol mesh.Protocol) bool {
	if len(binds) == 0 && !protocol.IsHTTP() || len(binds) > 0 && binds[0] != p.c.wildcards()[0] {
		return false
	}
	config := p.c.view.Mesh.Settings.Config
	switch p.number {
	case statusPort, prometheusPort, uint32(config.GetProxyListenPort()), uint32(config.GetProxyInboundListenPort()):
		return true
	}
	return false
}

// claimAll claims for a service on its own port. A headless service without HTTP is reached at the addresses of its
// endpoints, so it gets a listener for each of them except the proxy itself.
func (p *portPlan) claimAll(cl claim) {
	s := cl.service
	headless := len(cl.binds) == 0 && s.Resolution == mesh.OriginalDst && p.c.serviceAddress(s) == anyIPv4 &&
		(cl.port.Protocol.IsTCP() || cl.port.Protocol == mesh.Detected)
	if !headless {
		p.claim(cl)
		return
	}
	endpoints := p.c.view.Endpoints(s, cl.port)
	if !s.Kubernetes() && len(endpoints) == 0 && s.Selector == nil {
		p.claim(cl)
		return
	}
	for _, e := range endpoints {
		ip, ok := addressOf(e.Address)
		if !ok || strings.Contains(e.Address, "/") || len(p.c.view.Proxy.IPs) > 0 && ip == p.c.view.Proxy.IPs[0] {
			continue
		}
		cl.binds = []string{e.Address}
		p.claim(cl)
	}
}

// claim settles one claim.
func (p *portPlan) claim(cl claim) {
	if cl.service.Resolution == mesh.Alias {
		return
	}
	kind := kindOf(cl.port.Protocol)
	if kind == noTraffic {
		return
	}
	p.choose(&cl, kind)
	current := p.drafts[cl.binds[0]]
	if current != nil && current.locked {
		current.overruled(cl, "the Sidecar describes a listener at this address")
		return
	}
	if cl.port.Protocol == mesh.HTTPProxy {
		p.put(cl, []*chainDraft{p.httpChain(cl)}, mesh.HTTPProxy)
		return
	}
	switch kind {
	case httpTraffic:
		p.claimHTTP(cl, current)
	case tcpTraffic:
		p.claimTCP(cl, current)
	default:
		p.claimDetected(cl, current)
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

// choose finds the address of a claim that names none. Requests name their host, so all of them share the listener for
// every address; other connections are known by their destination alone, so they get a listener at the service's
// address, or a filter chain for its CIDR.
func (p *portPlan) choose(cl *claim, kind traffic) {
	switch {
	case len(cl.binds) > 0:
		return
	case kind == httpTraffic:
		cl.binds = p.c.wildcards()
		return
	}
	addresses := p.c.serviceAddresses(cl.service)
	main := p.c.serviceAddress(cl.service)
	extra := addresses[min(1, len(addresses)):]
	if strings.Contains(main, "/") {
		cl.binds, cl.cidrs = p.c.wildcards(), append([]string{main}, extra...)
		return
	}
	if !cl.service.Kubernetes() && main == anyIPv4 {
		cl.binds = p.c.wildcards()
		return
	}
	cl.binds = append([]string{main}, extra...)
}

// put makes a claim's chains those of the listener, whatever it was before.
func (p *portPlan) put(cl claim, chains []*chainDraft, protocol mesh.Protocol) {
	bind := cl.binds[0]
	before := p.drafts[bind]
	if before == nil {
		p.order = append(p.order, bind)
	}
	d := &listenerDraft{binds: cl.binds, port: cl.port, real: cl.real, protocol: protocol}
	d.set(chains)
	if before != nil {
		d.origins = before.origins
	}
	d.origins.add("", cl.origins()...)
	p.drafts[bind] = d
}

// claimHTTP adds requests to a listener. One that handles requests already needs nothing more: the route table tells
// the services apart.
func (p *portPlan) claimHTTP(cl claim, current *listenerDraft) {
	if current != nil && !current.protocol.IsTCP() {
		current.origins.add("", cl.origins()...)
		return
	}
	chain, protocol := p.httpChain(cl), cl.port.Protocol
	if cl.binds[0] == p.c.wildcards()[0] {
		chain.detect()
		protocol = mesh.Detected
	}
	if current != nil {
		protocol = mesh.Detected
	}
	p.combine(cl, current, []*chainDraft{chain}, protocol)
}

func (p *portPlan) claimTCP(cl claim, current *listenerDraft) {
	chains := p.c.connectionChains(cl)
	if current != nil && current.protocol.IsTCP() {
		p.combine(cl, current, chains, current.protocol)
		return
	}
	protocol := cl.port.Protocol
	if current != nil {
		protocol = mesh.Detected
	}
	p.combine(cl, current, chains, protocol)
}

// claimDetected adds a service whose protocol is to be found out: its requests by the route table, and its other
// connections. It takes the place of a listener for requests alone.
func (p *portPlan) claimDetected(cl claim, current *listenerDraft) {
	chains := p.c.connectionChains(cl)
	if current != nil && current.protocol == mesh.Detected {
		p.combine(cl, current, chains, mesh.Detected)
		return
	}
	http := p.httpChain(cl)
	http.detect()
	chains = append(chains, http)
	if current != nil && current.protocol.IsHTTP() {
		p.put(cl, chains, mesh.Detected)
		return
	}
	p.combine(cl, current, chains, mesh.Detected)
}

// combine merges a claim's chains into a listener, or makes the listener. Protocols in which the server speaks first
// cannot share one with others, as an inspector would wait for the client for ever.
func (p *portPlan) combine(cl claim, current *listenerDraft, chains []*chainDraft, protocol mesh.Protocol) {
	switch {
	case current == nil:
		p.put(cl, chains, protocol)
	case cl.port.Protocol != current.protocol && (serverFirst(cl.port.Protocol) || serverFirst(current.protocol)):
		current.overruled(cl, "a protocol in which the server speaks first cannot share a listener")
	default:
		current.merge(chains)
		current.protocol = protocol
		current.origins.add("", cl.origins()...)
	}
}

func serverFirst(p mesh.Protocol) bool { return p == mesh.MySQL || p == mesh.Mongo }

// httpChain handles the requests of a claim. Services of one port share a route table, unless the service has a
// listener of its own because its protocol is detected.
func (p *portPlan) httpChain(cl claim) *chainDraft {
	table := strconv.Itoa(int(cl.port.Number))
	switch {
	case cl.port.Number == 0:
		table = cl.binds[0]
	case cl.port.Protocol == mesh.Detected && cl.binds[0] != p.c.wildcards()[0]:
		table = cl.service.Host + ":" + table
	}
	out := p.c.httpChain(cl.service, cl.port.Protocol, table)
	out.origins.add("", cl.origins()...)
	return out
}

// overruled notes that a claim got nothing.
func (d *listenerDraft) overruled(cl claim, why string) {
	for _, o := range cl.origins() {
		o.Role, o.Note = envoy.Overridden, why
		d.origins.add("", o)
	}
}

// origins are where the port of the listener is written and, where that is in the Sidecar, the service.
func (cl claim) origins() []envoy.Origin {
	var out []envoy.Origin
	if cl.written.Object != nil {
		out = append(out, defines(cl.written.Object, cl.written.Field))
	}
	if cl.written.Object != cl.service.Object {
		out = append(out, defines(cl.service.Object, cl.service.Field))
	}
	return out
}
