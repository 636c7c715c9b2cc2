package call

import (
	"fmt"
	"net/netip"
	"strings"
)

// A Connection is what a proxy's listener accepts: where it was going, where it comes from, and what its bytes are.
type Connection struct {
	Destination netip.AddrPort // what the application dialled, before any redirection
	address     string         // the same as the call writes it, which may be a name
	Pipe        string         // the path of a Unix socket, instead of a destination
	Source      netip.AddrPort

	TLS         bool   // the client speaks TLS
	Certificate bool   // and has a certificate to show
	SNI         string // as the client writes it; it is compared in lower case
	ALPN        []string
	Principal   string // the URI of the client's certificate
	Garbled     bool   // its HTTP/1.1 is none that the HTTP inspector recognises
	Inner       string // what the client speaks (inside the TLS, if any): http11, http2 or payload

	Decrypted bool   // the proxy terminated the client's TLS
	Presented bool   // and the client showed a certificate in the handshake
	Peer      string // the identity that the client proved in the handshake, "" without one
}

// Opaque reports whether the bytes that a filter chain reads are the application's own TLS.
func (c *Connection) Opaque() bool { return c.TLS && !c.Decrypted }

// Dialled is the address that the application dialled, or the port alone where the call names no address.
func (c *Connection) Dialled() string {
	switch {
	case c.Pipe != "":
		return "unix://" + c.Pipe
	case c.Destination.Addr().IsValid():
		return c.Destination.String()
	}
	return fmt.Sprintf("%s:%d", c.address, c.Destination.Port())
}

// NewConnection is the connection that a normalised call opens.
func NewConnection(c *Call) Connection {
	out := Connection{
		address:     c.Address,
		TLS:         c.TLS != "plaintext",
		Certificate: c.TLS == "mtls",
		SNI:         c.SNI,
		Principal:   c.Principal,
		Inner:       c.Inner(),
	}
	out.Garbled = out.Inner == HTTP11 && !recognised(c.Method, c.ParseURL().Path)
	if path, ok := strings.CutPrefix(c.Address, "unix://"); ok {
		out.Pipe = path
	} else if a, err := netip.ParseAddr(c.Address); err == nil {
		out.Destination = netip.AddrPortFrom(a.Unmap(), uint16(c.Port))
	} else {
		out.Destination = netip.AddrPortFrom(netip.Addr{}, uint16(c.Port))
	}
	if a := c.from(out.Destination.Addr()); a.IsValid() {
		out.Source = netip.AddrPortFrom(a, 0)
	}
	for p := range strings.SplitSeq(c.ALPN, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out.ALPN = append(out.ALPN, p)
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

// Local reports whether the client has the address that it dialled, or a loopback address.
func (c *Connection) Local() bool {
	src := c.Source.Addr()
	return src.IsValid() && (src.IsLoopback() || src == c.Destination.Addr())
}

// recognised reports whether the HTTP inspector takes a first line of HTTP/1.1 for one: it splits at spaces and knows no
// bytes beyond ASCII, but leaves the rest to the parser.
func recognised(method, path string) bool {
	outside := func(c rune) bool { return c == ' ' || c >= 0x7f }
	return !strings.ContainsFunc(method, outside) && !strings.ContainsFunc(path, outside)
}
