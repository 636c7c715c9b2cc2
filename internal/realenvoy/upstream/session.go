package upstream

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"sem.example/internal/realenvoy/proxyprotocol"
)

// A session is one connection to an upstream, with what is known of it so far.
type session struct {
	*Servers
	end       Endpoint
	conn      net.Conn
	in        *bufio.Reader
	known     Received // what every request of the connection has in common
	announced bool     // a PROXY header has named the destination
}

func (u *Servers) serve(c net.Conn, e Endpoint) {
	s := &session{Servers: u, end: e, known: Received{Address: e.Address, Port: e.Port}}
	s.use(c)
	if !s.run() {
		s.conn.Close()
	}
}

// use continues the session over a connection, the first or one within it.
func (s *session) use(c net.Conn) { s.conn, s.in = c, bufio.NewReaderSize(c, largestRecord) }

// run serves the connection and reports whether it handed it over to somebody else, who will close it.
func (s *session) run() (handedOver bool) {
	for {
		destination, found, err := proxyprotocol.Read(s.in)
		if err != nil {
			return false
		}
		if !found {
			break
		}
		s.announce(destination)
	}
	if start, err := s.in.Peek(1); err == nil && start[0] == recordHandshake && !s.handshake() {
		return false
	}
	start, err := s.in.Peek(1)
	switch {
	case err != nil:
		return false
	case proxyprotocol.HasPrefix(s.in, http2Preface):
		s.http2Conns.give(&peeked{s.conn, s.in, s.known, s.end})
		return true
	case start[0] >= 'A' && start[0] <= 'Z' && s.serveHTTP1():
		return false
	default:
		s.answerBytes()
		return false
	}
}

// announce takes the first PROXY header that names a destination for the endpoint's, where the endpoint says known. A
// forward proxy dials another address, of which the header knows the port at most.
func (s *session) announce(destination netip.AddrPort) {
	if !s.end.Announced || s.announced || !destination.IsValid() {
		return
	}
	s.announced = true
	if s.end.HostIn == notNamed {
		s.known.Address = destination.Addr().String()
	}
	if s.end.HostIn != InRequest {
		s.known.Port = cmp.Or(s.end.Port, uint32(destination.Port()))
	}
}

const recordHandshake = 0x16 // the first byte of TLS

// handshake ends the TLS of the client and notes what it said. It returns whether a connection came about.
func (s *session) handshake() bool {
	said := peekHello(s.in)
	if s.known.TLS == nil { // what a tunnel within TLS brings is none of the proxy's
		s.known.TLS = &said
	}
	if s.end.HostIn == InSNI {
		s.known.Address = said.SNI
	}
	c := tls.Server(&peeked{Conn: s.conn, in: s.in}, &tls.Config{
		Certificates:           []tls.Certificate{s.certificate},
		ClientAuth:             tls.RequestClientCert,
		NextProtos:             preferred(said.ALPN),
		SessionTicketsDisabled: true,
	})
	if err := c.Handshake(); err != nil {
		said.Broken, s.known.Protocol = true, "tcp"
		s.record(s.known)
		return false
	}
	said.ClientCertificate = len(c.ConnectionState().PeerCertificates) > 0
	s.use(c)
	return true
}

// preferred is what a server that knows every protocol picks from an offer: HTTP/2, else HTTP/1.1, else the first.
func preferred(offered []string) []string {
	for _, p := range []string{"h2", "http/1.1"} {
		for _, o := range offered {
			if o == p {
				return []string{p}
			}
		}
	}
	return offered[:min(len(offered), 1)]
}

// answerBytes answers bytes that are not HTTP with a line that holds the exchange's number, and waits for the end.
func (s *session) answerBytes() {
	s.known.Protocol = "tcp"
	number := s.record(s.known)
	if s.in.Buffered() > 0 {
		// What is buffered has been received; leaving it unread is as good as reading it.
		if _, err := s.in.Discard(s.in.Buffered()); err != nil {
			return
		}
	}
	if _, err := fmt.Fprintf(s.conn, "%s: %d\n", ExchangeHeader, number); err != nil {
		return
	}
	// The end of the stream, or an error, is all that is waited for.
	_, _ = io.Copy(io.Discard, s.in)
}

// request notes one HTTP request and returns its number.
func (s *session) request(protocol, method, path, authority string, headers http.Header) int {
	return s.record(requestOf(s.known, s.end, protocol, method, path, authority, headers))
}

func requestOf(known Received, e Endpoint, protocol, method, path, authority string, headers http.Header) Received {
	known.Protocol, known.Method, known.Path, known.Authority = protocol, method, path, authority
	known.Headers = map[string]string{}
	for name, values := range headers {
		known.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	if e.HostIn == InRequest {
		known.Address, known.Port = dialledName(authority, known.TLS != nil)
	}
	return known
}

// dialledName is the host and port that a forward proxy dials for an authority.
func dialledName(authority string, encrypted bool) (string, uint32) {
	port := uint32(80)
	if encrypted {
		port = 443
	}
	host, text, err := net.SplitHostPort(authority)
	if err != nil {
		return authority, port
	}
	if n, err := strconv.ParseUint(text, 10, 16); err == nil {
		port = uint32(n)
	}
	return host, port
}
