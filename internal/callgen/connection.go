package callgen

import (
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/simulate"
)

// A connection is one that a client opens to a proxy.
type connection struct {
	direction string
	address   netip.Addr
	pipe      string // the path of a Unix socket, instead of an address
	port      uint32
	tls       string // plaintext, tls, mtls
	sni, alpn string
	source    netip.Addr
	principal string
}

func (w connection) call() simulate.Call {
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
