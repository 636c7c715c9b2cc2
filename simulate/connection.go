package simulate

import (
	"net/netip"
	"strings"
)

// The protocols that a connection's first bytes may be, in the words that Envoy's inspectors use.
const (
	http10  = "http/1.0"
	http11  = "http/1.1"
	http2   = "h2c"
	payload = "" // neither HTTP nor TLS, or unread
)

// The transport protocols of a connection, in the words of a filter chain match.
const (
	rawBuffer = "raw_buffer"
	tlsBytes  = "tls"
)

// A connection is what a proxy's listener accepts: where it was going, where it comes from, and what its bytes are.
type connection struct {
	destination netip.AddrPort // what the application dialled, before any redirection
	pipe        string         // the path of a Unix socket, instead of a destination
	source      netip.AddrPort

	tls         bool   // the client speaks TLS
	certificate bool   // and has a certificate to show
	sni         string // as the client writes it; it is compared in lower case
	alpn        []string
	principal   string // the URI of the client's certificate
	garbled     bool   // its HTTP/1.1 is none that the HTTP inspector recognises
	inner       string // what the client speaks (inside the TLS, if any): http11, http2 or payload
}

// newConnection is the connection that a normalised call opens.
func newConnection(c *Call) connection {
	out := connection{
		tls:         c.TLS != "plaintext",
		certificate: c.TLS == "mtls",
		sni:         c.SNI,
		principal:   c.Principal,
		inner:       c.inner(),
	}
	out.garbled = out.inner == http11 && !recognised(c.Method, c.target().path)
	if path, ok := strings.CutPrefix(c.Address, "unix://"); ok {
		out.pipe = path
	} else if a, err := netip.ParseAddr(c.Address); err == nil {
		out.destination = netip.AddrPortFrom(a.Unmap(), uint16(c.Port))
	} else {
		out.destination = netip.AddrPortFrom(netip.Addr{}, uint16(c.Port))
	}
	if a := c.from(out.destination.Addr()); a.IsValid() {
		out.source = netip.AddrPortFrom(a, 0)
	}
	for p := range strings.SplitSeq(c.ALPN, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out.alpn = append(out.alpn, p)
		}
	}
	return out
}

// from is where a call comes from: what it says itself or, where a workload calls, the workload's own address of the
// destination's family.
func (c *Call) from(to netip.Addr) netip.Addr {
	if a, err := netip.ParseAddr(c.Source); err == nil || c.Direction == "inbound" || c.Direction == "gateway" {
		return a.Unmap()
	}
	for _, ip := range c.Proxy.IPs {
		if a, err := netip.ParseAddr(ip); err == nil && a.Unmap().Is4() == to.Is4() {
			return a.Unmap()
		}
	}
	return netip.Addr{}
}

// local says whether the client has the address that it dialled, or a loopback address.
func (c *connection) local() bool {
	src := c.source.Addr()
	return src.IsValid() && (src.IsLoopback() || src == c.destination.Addr())
}
