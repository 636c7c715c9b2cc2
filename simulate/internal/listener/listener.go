package listener

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/network"
)

// A Listener is one of the proxy's, ready to be asked.
type Listener struct {
	proto       *listenerv3.Listener
	name        string
	Addr        envoy.Addr
	inspectors  []inspector
	chains      []*Chain
	index       *chainIndex
	fallback    *Chain // the default filter chain
	refused     string // why Envoy does not run it, "" where it does
	unsupported []string
}

// Listeners are those of a proxy, compiled when they are first asked for.
type Listeners struct {
	Resources envoy.Resources
	ports     lazy.Map[uint32, *port]
	known     lazy.Map[string, *Listener]
	filters   *network.Filters
}

// New returns the listeners of a proxy.
func New(resources envoy.Resources) *Listeners {
	var fetch envoy.Fetcher
	if lists, ok := resources.(envoy.Lists); ok {
		fetch = envoy.FetcherOf(lists)
	}
	return &Listeners{Resources: resources, filters: network.NewFilters(fetch)}
}

func (e *Listeners) listener(l *listenerv3.Listener) *Listener {
	if known, ok := e.known.Known(l.GetName()); ok {
		return known
	}
	return e.known.Get(l.GetName(), func() *Listener { return newListener(l, e.filters) })
}

func newListener(l *listenerv3.Listener, filters *network.Filters) *Listener {
	out := &Listener{proto: l, name: l.GetName(), Addr: envoy.Listener(l.GetName()), refused: envoy.ListenerRefusal(l), unsupported: decision.UnsupportedFields(l, "listener "+l.GetName())}
	for _, f := range l.GetListenerFilters() {
		out.inspectors = append(out.inspectors, newInspector(f))
	}
	for i, c := range l.GetFilterChains() {
		out.chains = append(out.chains, newChain(l.GetName(), i, len(l.GetFilterChains()), c, filters))
	}
	out.index = newChainIndex(out.chains)
	if c := l.GetDefaultFilterChain(); c != nil {
		out.fallback = newChain(l.GetName(), -1, 0, c, filters)
	}
	return out
}

// A port is what listens on a port: by exact address, on every IPv4 or IPv6 address, and the virtual listeners that
// receive redirected connections.
type port struct {
	exact    map[netip.Addr]*Listener
	pipes    map[string]*Listener
	outbound *Listener
	inbound  *Listener
	all      []*Listener
	taken    envoy.Sockets
	refused  map[*Listener]string // why Envoy does not run them
	rivals   []string             // what depends on the order in which Envoy receives listeners, for notModelled
}

func (e *Listeners) port(number uint32) *port {
	if known, ok := e.ports.Known(number); ok {
		return known
	}
	return e.ports.Get(number, func() *port {
		p := &port{exact: map[netip.Addr]*Listener{}, pipes: map[string]*Listener{}, taken: envoy.Sockets{}, refused: map[*Listener]string{}}
		for _, l := range e.Resources.ListenersOn(number) {
			p.add(e.listener(l), number)
		}
		return p
	})
}

func (p *port) add(l *Listener, number uint32) {
	p.all = append(p.all, l)
	refused := l.refused
	if refused == "" {
		refused = p.taken.Add(l.proto)
		p.rivals = append(p.rivals, rival(l, refused)...)
	}
	if refused != "" {
		p.refused[l] = refused
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

// rival says that a listener could have come first, if it is refused for an address of another.
func rival(l *Listener, refused string) []string {
	if refused == "" {
		return nil
	}
	return []string{"the order in which Envoy receives its listeners (" + l.name + ": " + refused + ")"}
}

// bind enters a listener under its address; of two on one address the first is kept. One on all of IPv6 that is not
// for IPv6 alone is on all of IPv4 too.
func (p *port) bind(l *Listener, at *corev3.SocketAddress) {
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
func (p *port) at(a netip.Addr) *Listener {
	if l := p.exact[a]; l != nil && a.IsValid() {
		return l
	}
	if a.Is6() {
		return p.exact[netip.IPv6Unspecified()]
	}
	return p.exact[netip.IPv4Unspecified()]
}

// find finds the listener that accepts a connection: for traffic out of a sidecar by the original destination, as the
// virtual listener that it was redirected to hands it over; for traffic into one the virtual listener itself; for a
// gateway by the address that was dialled.
func (e *Listeners) find(c *call.Connection, direction string) (*Listener, decision.Reason) {
	p := e.port(uint32(c.Destination.Port()))
	if c.Pipe != "" {
		return e.port(0).pipes[c.Pipe], decision.DialledSocket{}
	}
	if direction == "inbound" && p.inbound != nil {
		return p.inbound, decision.RedirectedInbound{}
	}
	if l := p.at(c.Destination.Addr()); l != nil {
		return l, l.boundTo(c)
	}
	if direction == "outbound" && p.outbound != nil {
		return p.outbound, decision.VirtualListener{Dialled: dialled(c), Refused: p.refusedAt(c.Destination.Addr())}
	}
	return nil, nil
}

// refusedAt is the listener that would be bound to an address and that Envoy does not run, or nil.
func (p *port) refusedAt(a netip.Addr) *decision.RefusedListener {
	for _, l := range p.all {
		if p.refused[l] == "" {
			continue
		}
		for _, at := range envoy.Addresses(l.proto) {
			if addr, err := netip.ParseAddr(at.GetSocketAddress().GetAddress()); err == nil && (addr == a || addr.IsUnspecified()) {
				return &decision.RefusedListener{Name: l.name, Why: p.refused[l]}
			}
		}
	}
	return nil
}

// culprit is the address of the filter chain that a listener is refused for, or of the listener where it is no single one.
func (l *Listener) culprit() envoy.Addr {
	for i, c := range l.proto.GetFilterChains() {
		if envoy.ListenerRefusal(&listenerv3.Listener{FilterChains: []*listenerv3.FilterChain{c}}) != "" {
			return l.chains[i].Addr
		}
	}
	return l.Addr
}

// place completes a refused listener by where what it is refused for is written.
func (e *Listeners) place(r *decision.RefusedListener, places *decision.Origins) {
	if r == nil {
		return
	}
	if l, ok := e.known.Known(r.Name); ok {
		r.Origin = places.OriginOf(decision.At(l.culprit()))
	}
}

func (l *Listener) boundTo(c *call.Connection) decision.Reason {
	for _, a := range envoy.Addresses(l.proto) {
		if a.GetSocketAddress().GetAddress() == c.Destination.Addr().String() {
			return decision.BoundAddress{Address: c.Dialled()}
		}
	}
	return decision.AnyAddress{Port: c.Destination.Port()}
}

// dialled is where the application connects to.
func dialled(c *call.Connection) decision.Dialled {
	d := decision.Dialled{Port: c.Destination.Port()}
	if at := c.Dialled(); !strings.HasPrefix(at, ":") {
		d.Address = at
	}
	return d
}

// rejected names the listeners of the port that were not chosen.
func (e *Listeners) rejected(c *call.Connection, chosen *Listener, places *decision.Origins) []decision.Candidate {
	var out []decision.Candidate
	p := e.port(uint32(c.Destination.Port()))
	for _, l := range p.all {
		if l != chosen {
			out = append(out, decision.Candidate{Candidate: l.name, Reason: p.unfit(l), Origin: places.OriginOf(decision.At(l.Addr))})
		}
	}
	return out
}

// unfit returns why a listener does not take connections to another address.
func (p *port) unfit(l *Listener) decision.Reason {
	if why := p.refused[l]; why != "" {
		return decision.RefusedListener{Name: l.name, Why: why}
	}
	return decision.BoundElsewhere{Address: addressText(l.proto.GetAddress())}
}

// missing returns why nothing listens where the application dials.
func (e *Listeners) missing(c *call.Connection) decision.NothingListens {
	out := decision.NothingListens{Dialled: dialled(c)}
	p := e.port(uint32(c.Destination.Port()))
	for _, l := range p.all {
		if why := p.refused[l]; why != "" {
			out.Refused = &decision.RefusedListener{Name: l.name, Why: why}
			break
		}
	}
	return out
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

// Patience is how long listener filters wait for bytes; Envoy's default is 15 seconds, and 0 is no end.
func (l *Listener) Patience() string {
	if l.proto.GetListenerFiltersTimeout() == nil {
		return "15s"
	}
	return decision.FormatDuration(l.proto.GetListenerFiltersTimeout())
}

// Inspects reports whether a listener filter reads the first bytes of connections to a port.
func (l *Listener) Inspects(port uint32) bool {
	return slices.ContainsFunc(l.inspectors, func(f inspector) bool {
		return (f.kind == "HttpInspector" || f.kind == "TlsInspector") && !f.off(port)
	})
}
