package simulate

import (
	"fmt"
	"net/netip"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
)

// A listener is one of the proxy's, ready to be asked.
type listener struct {
	proto      *listenerv3.Listener
	name       string
	addr       envoy.Addr
	inspectors []inspector
	chains     []*chain
	index      *chainIndex
	fallback   *chain // the default filter chain
	refused    string // why Envoy does not run it, "" where it does
	unread     []string
}

func (e *Engine) listener(l *listenerv3.Listener) *listener {
	if known, ok := e.listeners.find(l.GetName()); ok {
		return known
	}
	return e.listeners.keep(l.GetName(), e.newListener(l))
}

func (e *Engine) newListener(l *listenerv3.Listener) *listener {
	out := &listener{proto: l, name: l.GetName(), addr: envoy.Listener(l.GetName()), refused: envoy.ListenerRefusal(l), unread: unread(l, "listener "+l.GetName())}
	for _, f := range l.GetListenerFilters() {
		out.inspectors = append(out.inspectors, newInspector(f))
	}
	for i, c := range l.GetFilterChains() {
		out.chains = append(out.chains, e.newChain(l.GetName(), i, len(l.GetFilterChains()), c))
	}
	out.index = newChainIndex(out.chains)
	if c := l.GetDefaultFilterChain(); c != nil {
		out.fallback = e.newChain(l.GetName(), -1, 0, c)
	}
	return out
}

// A port is what listens on a port: by exact address, on every IPv4 or IPv6 address, and the virtual listeners that
// receive redirected connections.
type port struct {
	exact    map[netip.Addr]*listener
	pipes    map[string]*listener
	outbound *listener
	inbound  *listener
	all      []*listener
}

func (e *Engine) port(number uint32) *port {
	if known, ok := e.ports.find(number); ok {
		return known
	}
	p := &port{exact: map[netip.Addr]*listener{}, pipes: map[string]*listener{}}
	for _, l := range e.resources.ListenersOn(number) {
		p.add(e.listener(l), number)
	}
	return e.ports.keep(number, p)
}

func (p *port) add(l *listener, number uint32) {
	p.all = append(p.all, l)
	if l.refused != "" {
		return
	}
	switch l.proto.GetTrafficDirection() {
	case corev3.TrafficDirection_INBOUND:
		if p.inbound == nil && envoy.Virtual(l.proto) {
			p.inbound = l
		}
	default:
		if p.outbound == nil && l.proto.GetUseOriginalDst().GetValue() {
			p.outbound = l
		}
	}
	for _, a := range envoy.Addresses(l.proto) {
		if path := a.GetPipe().GetPath(); path != "" {
			p.pipes[path] = l
		}
		if a.GetSocketAddress().GetPortValue() == number {
			p.bind(l, a.GetSocketAddress())
		}
	}
}

// bind enters a listener under its address; of two on one address the first is kept. One on all of IPv6 that is not
// for IPv6 alone is on all of IPv4 too.
func (p *port) bind(l *listener, at *corev3.SocketAddress) {
	addr, err := netip.ParseAddr(at.GetAddress())
	if err != nil {
		return
	}
	if p.exact[addr] == nil {
		p.exact[addr] = l
	}
	if v4 := netip.IPv4Unspecified(); addr == netip.IPv6Unspecified() && at.GetIpv4Compat() && p.exact[v4] == nil {
		p.exact[v4] = l
	}
}

// at returns the listener of an address: its own, else the one on every address of its family.
func (p *port) at(a netip.Addr) *listener {
	if l := p.exact[a]; l != nil && a.IsValid() {
		return l
	}
	if a.Is6() {
		return p.exact[netip.IPv6Unspecified()]
	}
	return p.exact[netip.IPv4Unspecified()]
}

// listen finds the listener that accepts the call's connection: for traffic out of a sidecar by the original
// destination, as the virtual listener that it was redirected to hands it over; for traffic into one the virtual
// listener itself; for a gateway by the address that was dialled.
func (r *run) listen() (*listener, string) {
	p := r.engine.port(uint32(r.conn.destination.Port()))
	if r.conn.pipe != "" {
		return r.engine.port(0).pipes[r.conn.pipe], "the application dialled this socket"
	}
	if r.call.Direction == "inbound" && p.inbound != nil {
		return p.inbound, "traffic into the workload is redirected to it"
	}
	if l := p.at(r.conn.destination.Addr()); l != nil {
		return l, r.boundBecause(l)
	}
	if r.call.Direction == "outbound" && p.outbound != nil {
		return p.outbound, fmt.Sprintf("no listener of its own is on %s", r.dialledWords())
	}
	return nil, ""
}

func (r *run) boundBecause(l *listener) string {
	for _, a := range envoy.Addresses(l.proto) {
		if a.GetSocketAddress().GetAddress() == r.conn.destination.Addr().String() {
			return fmt.Sprintf("the application dialled %s", r.dialled())
		}
	}
	return fmt.Sprintf("every address on port %d", r.conn.destination.Port())
}

// dialled is the address that the application dialled, or the port alone where the call names no address.
func (r *run) dialled() string {
	switch {
	case r.conn.pipe != "":
		return "unix://" + r.conn.pipe
	case r.conn.destination.Addr().IsValid():
		return r.conn.destination.String()
	}
	return fmt.Sprintf("%s:%d", r.call.Address, r.call.Port)
}

// dialledWords is what the application dialled, in a sentence.
func (r *run) dialledWords() string {
	if at := r.dialled(); !strings.HasPrefix(at, ":") {
		return at
	}
	return fmt.Sprintf("port %d", r.call.Port)
}

// rejectedListeners names the listeners of the port that were not chosen.
func (r *run) rejectedListeners(chosen *listener) []Candidate {
	var out []Candidate
	for _, l := range r.engine.port(uint32(r.conn.destination.Port())).all {
		if l != chosen {
			out = append(out, Candidate{Candidate: l.name, Because: l.unfit(), Origin: r.engine.originOf(at(l.addr))})
		}
	}
	return out
}

// unfit says why a listener does not take connections to another address.
func (l *listener) unfit() string {
	if l.refused != "" {
		return "Envoy does not run it: " + l.refused
	}
	return "it is bound to " + addressText(l.proto.GetAddress())
}

// missing says why nothing listens where the application dials.
func (r *run) missing() string {
	why := "nothing listens on " + r.dialledWords()
	for _, l := range r.engine.port(uint32(r.conn.destination.Port())).all {
		if l.refused != "" {
			return why + ": Envoy does not run the listener " + l.name + ", for " + l.refused
		}
	}
	return why
}

func addressText(a *corev3.Address) string {
	if path := a.GetPipe().GetPath(); path != "" {
		return "unix://" + path
	}
	s := a.GetSocketAddress()
	if addr, err := netip.ParseAddr(s.GetAddress()); err == nil {
		return netip.AddrPortFrom(addr, uint16(s.GetPortValue())).String()
	}
	return fmt.Sprintf("%s:%d", s.GetAddress(), s.GetPortValue())
}
