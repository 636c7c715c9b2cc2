package probe

import (
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// A way is a connection into a proxy.
type way struct {
	direction string
	address   netip.Addr
	pipe      string // the path of a Unix socket, instead of an address
	port      uint32
	tls       string // plaintext, tls, mtls
	sni, alpn string
	source    netip.Addr
	principal string
}

func (w way) call() simulate.Call {
	c := simulate.Call{
		Direction: w.direction, Address: w.address.String(), Port: w.port,
		TLS: w.tls, SNI: w.sni, ALPN: w.alpn, Principal: w.principal,
	}
	if w.pipe != "" {
		c.Address = "unix://" + w.pipe
	}
	switch {
	case w.source.IsValid():
		c.Source = w.source.String()
	case w.direction == "outbound":
	case w.address.Is6():
		c.Source = stranger6
	default:
		c.Source = stranger4
	}
	return c
}

// Addresses and names that no configuration uses.
var (
	nobody4 = netip.MustParseAddr("203.0.113.77")
	nobody6 = netip.MustParseAddr("2001:db8:ffff::77")

	broadcast = netip.MustParseAddr("255.255.255.255")
)

const (
	stranger4  = "198.51.100.23"
	stranger6  = "2001:db8:ffff::23"
	nobody     = "unmatched.example.net"
	testPeer   = "spiffe://cluster.local/ns/default/sa/test"
	strayPort  = 6553
	inboundSNI = "outbound_.80_._.svc.example"
)

// ways are the ways into a listener: every address that it tells apart, in the clear, with TLS for nobody and for each
// name that a chain asks for, just inside and just outside of wildcards.
func (g *generator) ways(l *listenerv3.Listener) []way {
	var out []way
	for _, at := range g.places(l) {
		at.tls = "plaintext"
		out = append(out, at)
		for _, name := range names(l) {
			secure := at
			secure.tls, secure.sni = "tls", name
			out = append(out, secure)
		}
		if at.direction != "outbound" {
			out = append(out, peerWays(at)...)
		}
	}
	return out
}

// peerWays are those of another proxy, with each application protocol that proxies speak to each other, and of a client
// that has a certificate but is none.
func peerWays(at way) []way {
	var out []way
	for _, alpn := range []string{"istio", "istio-http/1.1", "istio-peer-exchange,istio", "http/1.1"} {
		peer := at
		peer.tls, peer.alpn, peer.sni, peer.principal = "mtls", alpn, inboundSNI, testPeer
		out = append(out, peer)
	}
	return out
}

// places are the addresses and ports that lead to a listener.
func (g *generator) places(l *listenerv3.Listener) []way {
	var out []way
	switch {
	case l.GetName() == "virtualOutbound":
		return nil // reached by what no other listener takes: see nowhere
	case l.GetName() == "virtualInbound":
		for _, port := range inboundPorts(l) {
			out = append(out, way{direction: "inbound", address: g.own(), port: port})
		}
		return out
	}
	direction := "outbound"
	if g.gateway() {
		direction = "gateway"
	}
	for _, a := range envoy.Addresses(l) {
		if path := a.GetPipe().GetPath(); path != "" {
			out = append(out, way{direction: direction, pipe: path})
			continue
		}
		bound, err := netip.ParseAddr(a.GetSocketAddress().GetAddress())
		if err != nil {
			continue // no address, which Envoy would refuse
		}
		for _, address := range g.addresses(l, bound) {
			out = append(out, way{direction: direction, address: address, port: a.GetSocketAddress().GetPortValue()})
		}
	}
	return out
}

// gateway says whether the proxy is one: nothing is redirected to it.
func (g *generator) gateway() bool {
	return !slices.ContainsFunc(g.resources.ListenersOn(0), envoy.Virtual)
}

// own is the proxy's own address.
func (g *generator) own() netip.Addr {
	for _, ip := range g.proxy.IPs {
		if a, err := netip.ParseAddr(ip); err == nil {
			return a
		}
	}
	return netip.AddrFrom4([4]byte{10, 255, 255, 1})
}

func inboundPorts(l *listenerv3.Listener) []uint32 {
	out := []uint32{4321} // a port that no chain is for
	for _, chain := range l.GetFilterChains() {
		if p := chain.GetFilterChainMatch().GetDestinationPort().GetValue(); p != 0 && p != 15006 {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// addresses are the destinations that a listener bound to an address takes: that one, or for every address one of
// nobody's and the first, the last and the ones beside each range that a chain asks for.
func (g *generator) addresses(l *listenerv3.Listener, bound netip.Addr) []netip.Addr {
	if !bound.IsUnspecified() {
		return []netip.Addr{bound}
	}
	out := []netip.Addr{nobody4}
	if bound.Is6() {
		out = []netip.Addr{nobody6}
	}
	for _, chain := range l.GetFilterChains() {
		for _, r := range chain.GetFilterChainMatch().GetPrefixRanges() {
			out = append(out, edges(r)...)
		}
	}
	return slices.DeleteFunc(out, func(a netip.Addr) bool { return a.Is4() != bound.Is4() })
}

func edges(r *corev3.CidrRange) []netip.Addr {
	address, err := netip.ParseAddr(r.GetAddressPrefix())
	if err != nil {
		return nil
	}
	prefix := netip.PrefixFrom(address, int(r.GetPrefixLen().GetValue())).Masked()
	last := prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
	}
	end, _ := netip.AddrFromSlice(last)
	return slices.DeleteFunc([]netip.Addr{prefix.Addr(), end, prefix.Addr().Prev(), end.Next()}, func(a netip.Addr) bool {
		return !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || a == broadcast // of which no connection comes or goes
	})
}

// names are the server names worth trying at a listener.
func names(l *listenerv3.Listener) []string {
	out := []string{nobody}
	for _, chain := range l.GetFilterChains() {
		for _, name := range chain.GetFilterChainMatch().GetServerNames() {
			out = append(out, hosts(name)...)
		}
	}
	out = slices.DeleteFunc(out, func(name string) bool { return strings.HasSuffix(name, ".") }) // no client sends the dot
	slices.Sort(out)
	return slices.Compact(out)
}

// hosts are names inside and just outside of a name that may be a wildcard.
func hosts(pattern string) []string {
	switch {
	case pattern == "*":
		return []string{nobody}
	case strings.HasPrefix(pattern, "*."):
		return []string{"a" + pattern[1:], "a.b" + pattern[1:], pattern[2:]}
	case strings.HasPrefix(pattern, "*"):
		return []string{"a" + pattern[1:], pattern[1:]}
	case strings.HasSuffix(pattern, "*"):
		return []string{pattern[:len(pattern)-1] + "a", pattern[:len(pattern)-1]}
	case strings.HasPrefix(pattern, "["):
		return []string{pattern} // an address of IPv6, which has no domain below it
	default:
		return []string{pattern, "a." + pattern}
	}
}

// into are the ways that a filter chain asks for, at the places where its listener is.
func (g *generator) into(l *listenerv3.Listener, chain *listenerv3.FilterChain, ways []way) []way {
	m := chain.GetFilterChainMatch()
	var out []way
	for _, w := range ways {
		if p := m.GetDestinationPort().GetValue(); p != 0 && p != w.port || w.tls != "plaintext" || len(m.GetPrefixRanges()) > 0 && !inRanges(m.GetPrefixRanges(), w.address) {
			continue
		}
		if needsTLS(chain) {
			w = secured(w, chain)
		}
		out = append(out, w)
	}
	return out[:min(len(out), 2)]
}

func inRanges(ranges []*corev3.CidrRange, address netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(r *corev3.CidrRange) bool {
		prefix, err := netip.ParseAddr(r.GetAddressPrefix())
		return err == nil && netip.PrefixFrom(prefix, int(r.GetPrefixLen().GetValue())).Contains(address)
	})
}

func needsTLS(chain *listenerv3.FilterChain) bool {
	m := chain.GetFilterChainMatch()
	return m.GetTransportProtocol() == "tls" || len(m.GetServerNames()) > 0 || chain.GetTransportSocket() != nil
}

// secured has a client shake hands as a chain wants it. A certificate is shown wherever the proxy may ask for one.
func secured(w way, chain *listenerv3.FilterChain) way {
	m := chain.GetFilterChainMatch()
	w.tls, w.sni = "tls", nobody
	if names := m.GetServerNames(); len(names) > 0 {
		w.sni = hosts(names[0])[0]
	}
	if chain.GetTransportSocket() != nil {
		w.tls, w.principal, w.alpn = "mtls", testPeer, "http/1.1"
	}
	if alpn := m.GetApplicationProtocols(); len(alpn) > 0 {
		w.alpn = alpn[len(alpn)-1]
		if slices.Contains(alpn, "istio-http/1.1") {
			w.alpn = "istio-http/1.1"
		}
	}
	return w
}

// nowhere adds calls that no listener was made for: a port that none has, and the proxy's own.
func (g *generator) nowhere() {
	requests := []request{{authority: nobody, path: "/"}, {authority: nobody, path: "/", method: "POST"}}
	if g.gateway() {
		return // the connection is refused
	}
	for _, port := range []uint32{strayPort, 15001} {
		g.send(way{direction: "outbound", address: nobody4, port: port, tls: "plaintext"}, requests)
		g.send(way{direction: "outbound", address: nobody4, port: port, tls: "tls", sni: nobody}, nil)
	}
	g.send(way{direction: "inbound", address: g.own(), port: 15006, tls: "plaintext"}, nil)
}
