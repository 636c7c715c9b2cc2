package callgen

import (
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/internal/envoy"
)

// connections are those into a listener: every address that it tells apart, in the clear, with TLS for nobody and for each
// name that a chain asks for, just inside and just outside of wildcards.
func (g *generator) connections(l *listenerv3.Listener) []connection {
	var out []connection
	asked := spread(names(l), mostConnections/2)
	for _, at := range spread(g.places(l), mostConnections/(len(asked)+1)) {
		at.tls = "plaintext"
		out = append(out, at)
		for _, name := range asked {
			secure := at
			secure.tls, secure.sni = "tls", name
			out = append(out, secure)
		}
		if at.direction != "outbound" {
			out = append(out, peerConnections(at)...)
		}
	}
	return out
}

// peerConnections are those of another proxy, with each application protocol that proxies speak to each other, and of a client
// that has a certificate but is none.
func peerConnections(at connection) []connection {
	var out []connection
	for _, alpn := range []string{"istio", "istio-http/1.1", "istio-peer-exchange,istio", "http/1.1"} {
		peer := at
		peer.tls, peer.alpn, peer.sni, peer.principal = "mtls", alpn, inboundSNI, testPeer
		out = append(out, peer)
	}
	return out
}

// places are the addresses and ports that lead to a listener.
func (g *generator) places(l *listenerv3.Listener) []connection {
	var out []connection
	switch {
	case l.GetName() == "virtualOutbound":
		return nil // reached by what no other listener takes: see nowhere
	case l.GetName() == "virtualInbound":
		for _, port := range inboundPorts(l) {
			out = append(out, connection{direction: "inbound", address: g.own(), port: port})
		}
		return out
	}
	direction := "outbound"
	if g.gateway() {
		direction = "gateway"
	}
	for _, a := range envoy.Addresses(l) {
		if path := a.GetPipe().GetPath(); path != "" {
			out = append(out, connection{direction: direction, pipe: path})
			continue
		}
		bound, err := netip.ParseAddr(a.GetSocketAddress().GetAddress())
		if err != nil {
			continue // no address, which Envoy would refuse
		}
		for _, address := range g.addresses(l, bound) {
			out = append(out, connection{direction: direction, address: address, port: a.GetSocketAddress().GetPortValue()})
		}
	}
	return out
}

// gateway reports whether the proxy is one: nothing is redirected to it.
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

// into are the connections that a filter chain asks for, at the places where its listener is.
func (g *generator) into(l *listenerv3.Listener, chain *listenerv3.FilterChain, connections []connection) []connection {
	m := chain.GetFilterChainMatch()
	var out []connection
	for _, w := range connections {
		if p := m.GetDestinationPort().GetValue(); p != 0 && p != w.port || w.tls != "plaintext" || len(m.GetPrefixRanges()) > 0 && !inRanges(m.GetPrefixRanges(), w.address) {
			continue
		}
		if needsTLS(chain) {
			w = secured(w, chain)
		}
		out = append(out, w)
	}
	out = out[:min(len(out), 2)]
	if len(out) > 0 && out[0].tls == "mtls" {
		for _, peer := range peersOf(chain) {
			w := out[0]
			w.principal = peer
			out = append(out, w)
		}
	}
	return out
}

// mostPeers is how many identities are tried at a filter chain beside the usual one.
const mostPeers = 4

// peersOf are identities of the trust domains that a filter chain accepts.
func peersOf(chain *listenerv3.FilterChain) []string {
	var out []string
	within(chain.GetTransportSocket(), func(m *matcherv3.StringMatcher) {
		if domain := m.GetPrefix(); strings.HasPrefix(domain, "spiffe://") && strings.HasSuffix(domain, "/") && !strings.HasPrefix(testPeer, domain) {
			out = append(out, domain+"ns/default/sa/test")
		}
	})
	return spread(out, mostPeers)
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
func secured(w connection, chain *listenerv3.FilterChain) connection {
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
