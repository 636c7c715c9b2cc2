package envoytest

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
	"sync"
	"time"

	"sem.example/internal/standin"
)

// exchangeHeader numbers the answers of the upstreams, so that a client's answer leads to the request that it is for.
const exchangeHeader = "sem-exchange"

// patience is how long a client or upstream waits for the other side.
const patience = 5 * time.Second

// upstreams are the servers behind all endpoints of one proxy.
type upstreams struct {
	certificate tls.Certificate
	http2       *http.Server
	http2Conns  *handedOver

	mu        sync.Mutex
	listeners []net.Listener
	ports     map[endpoint]uint32
	received  []*Upstream
}

// An endpoint is what an upstream stands for.
type endpoint struct {
	address string
	port    uint32
	// announced says that the address and port are those of each connection's PROXY header; port, unless 0, still
	// replaces the header's.
	announced bool
	// named says where a forward proxy takes the host from that it dials.
	named naming
}

// A naming is a place where a connection names its host.
type naming int

const (
	unnamed naming = iota
	byRequest
	bySNI
	byNobody // nothing that arrives tells it
)

func newUpstreams(authority *standin.Authority, names ...string) (*upstreams, error) {
	cert, key, err := authority.Issue(names...)
	if err != nil {
		return nil, err
	}
	u := &upstreams{ports: map[endpoint]uint32{}, http2Conns: newHandedOver()}
	if u.certificate, err = tls.X509KeyPair(cert, key); err != nil {
		return nil, err
	}
	u.serveHTTP2()
	return u, nil
}

// port returns the loopback port of the upstream that stands for an endpoint.
func (u *upstreams) port(e endpoint) (uint32, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if port, ok := u.ports[e]; ok {
		return port, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	u.ports[e] = uint32(l.Addr().(*net.TCPAddr).Port)
	u.accept(l, e)
	return u.ports[e], nil
}

// accept serves what comes to a listener, until the end. The caller holds the lock, or nobody else is there yet.
func (u *upstreams) accept(l net.Listener, e endpoint) {
	u.listeners = append(u.listeners, l)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go u.serve(c, e)
		}
	}()
}

// endpointOf returns the endpoint that a loopback port stands for.
func (u *upstreams) endpointOf(port uint32) (endpoint, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for e, p := range u.ports {
		if p == port {
			return e, true
		}
	}
	return endpoint{}, false
}

func (u *upstreams) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.listeners {
		l.Close()
	}
	u.http2.Close()
	u.http2Conns.Close()
}

// record keeps what was received and returns its number.
func (u *upstreams) record(r Upstream) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.received = append(u.received, &r)
	return len(u.received) - 1
}

// exchange returns what was received under a number.
func (u *upstreams) exchange(number string) *Upstream {
	n, err := strconv.Atoi(number)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil || n < 0 || n >= len(u.received) {
		return nil
	}
	return u.received[n]
}

// since returns what was received after the first n.
func (u *upstreams) since(n int) []*Upstream {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.received[n:]
}

func (u *upstreams) count() int { return len(u.since(0)) }

// A session is one connection to an upstream, with what is known of it so far.
type session struct {
	*upstreams
	end  endpoint
	conn net.Conn
	in   *bufio.Reader
	so   Upstream // what every request of the connection has in common
	told bool     // a PROXY header has named the destination
}

func (u *upstreams) serve(c net.Conn, e endpoint) {
	s := &session{upstreams: u, end: e, so: Upstream{Address: e.address, Port: e.port}}
	s.over(c)
	if !s.run() {
		s.conn.Close()
	}
}

// over continues the session over a connection, the first or one within it.
func (s *session) over(c net.Conn) { s.conn, s.in = c, bufio.NewReaderSize(c, largestRecord) }

// run serves the connection and says whether it handed it over to somebody else, who will close it.
func (s *session) run() (handedOver bool) {
	for {
		destination, found, err := readProxyHeader(s.in)
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
	case startsWith(s.in, http2Preface):
		s.http2Conns.give(&peeked{s.conn, s.in, s.so, s.end})
		return true
	case start[0] >= 'A' && start[0] <= 'Z' && s.serveHTTP1():
		return false
	default:
		s.answerBytes()
		return false
	}
}

// announce takes the first PROXY header that names a destination for the endpoint's, where the endpoint says so. A
// forward proxy dials another address, of which the header knows the port at most.
func (s *session) announce(destination netip.AddrPort) {
	if !s.end.announced || s.told || !destination.IsValid() {
		return
	}
	s.told = true
	if s.end.named == unnamed {
		s.so.Address = destination.Addr().String()
	}
	if s.end.named != byRequest {
		s.so.Port = cmp.Or(s.end.port, uint32(destination.Port()))
	}
}

const recordHandshake = 0x16 // the first byte of TLS

// handshake ends the TLS of the client and notes what it said. It returns whether a connection came about.
func (s *session) handshake() bool {
	said := peekHello(s.in)
	if s.so.TLS == nil { // what a tunnel within TLS brings is none of the proxy's
		s.so.TLS = &said
	}
	if s.end.named == bySNI {
		s.so.Address = said.SNI
	}
	c := tls.Server(&peeked{Conn: s.conn, in: s.in}, &tls.Config{
		Certificates:           []tls.Certificate{s.certificate},
		ClientAuth:             tls.RequestClientCert,
		NextProtos:             preferred(said.ALPN),
		SessionTicketsDisabled: true,
	})
	if err := c.Handshake(); err != nil {
		said.Broken, s.so.Protocol = true, "tcp"
		s.record(s.so)
		return false
	}
	said.ClientCertificate = len(c.ConnectionState().PeerCertificates) > 0
	s.over(c)
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

// answerBytes answers bytes that are no HTTP with a line that holds the exchange's number, and waits for the end.
func (s *session) answerBytes() {
	s.so.Protocol = "tcp"
	number := s.record(s.so)
	if s.in.Buffered() > 0 {
		// What is buffered has been received; leaving it unread is as good as reading it.
		if _, err := s.in.Discard(s.in.Buffered()); err != nil {
			return
		}
	}
	if _, err := fmt.Fprintf(s.conn, "%s: %d\n", exchangeHeader, number); err != nil {
		return
	}
	// The end of the stream, or an error, is all that is waited for.
	_, _ = io.Copy(io.Discard, s.in)
}

// request notes one HTTP request and returns its number.
func (s *session) request(protocol, method, path, authority string, headers http.Header) int {
	return s.record(requestOf(s.so, s.end, protocol, method, path, authority, headers))
}

func requestOf(so Upstream, e endpoint, protocol, method, path, authority string, headers http.Header) Upstream {
	so.Protocol, so.Method, so.Path, so.Authority = protocol, method, path, authority
	so.Headers = map[string]string{}
	for name, values := range headers {
		so.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	if e.named == byRequest {
		so.Address, so.Port = dialledName(authority, so.TLS != nil)
	}
	return so
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
