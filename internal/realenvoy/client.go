package realenvoy

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sem.example/internal/realenvoy/proxyprotocol"
	"sem.example/internal/realenvoy/upstream"
	"sem.example/internal/selfsigned"
	"sem.example/simulate"
)

// A client makes one call over one connection.
type client struct {
	call simulate.Call
	conn net.Conn    // to Envoy
	tls  *tls.Config // of the call, nil for plaintext
}

// An answer is what a client got.
type answer struct {
	exchange string // the number that an upstream gave, "" if it was none that answered
	status   int
	headers  http.Header
	body     string
	err      error
}

// patience is how long a client waits for the other side.
const patience = 5 * time.Second

// connect dials Envoy as the call's application or peer would, from a port that the PROXY header announces.
func connect(call simulate.Call, ls listeners, authority *selfsigned.Authority, port uint16) (*client, error) {
	destination := destinationOf(call)
	at, err := ls.dialled(call, destination)
	if err != nil {
		return nil, err
	}
	c := &client{call: call}
	if c.tls, err = clientTLS(call, authority); err != nil {
		return nil, err
	}
	if c.conn, err = net.Dial("tcp", at.String()); err != nil {
		return nil, err
	}
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	_, err = c.conn.Write(proxyprotocol.Header(netip.AddrPortFrom(sourceOf(call, destination.Addr()), port), destination))
	return c, err
}

// destinationOf is what the application dials. A name that the call gives no address of is at the address that every
// test gives it.
func destinationOf(call simulate.Call) netip.AddrPort {
	address, err := netip.ParseAddr(call.Address)
	if err != nil {
		authority, _ := target(call.URL)
		host, _, err := net.SplitHostPort(authority)
		if err != nil {
			host = authority
		}
		address = netip.MustParseAddr(NameAddresses(cmp.Or(call.Address, host))[0])
	}
	return netip.AddrPortFrom(address, uint16(call.Port))
}

// sourceOf is the peer's address: the call's, or the proxy's own, or any of the destination's family.
func sourceOf(call simulate.Call, destination netip.Addr) netip.Addr {
	for _, text := range append([]string{call.Source}, call.Proxy.IPs...) {
		if a, err := netip.ParseAddr(text); err == nil && a.Is4() == destination.Is4() {
			return a
		}
	}
	if destination.Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}

// clientTLS is what the call's TLS handshake says, nil for plaintext. The authority of the self-signed certificates vouches for the
// principal of a call with mutual TLS.
func clientTLS(call simulate.Call, authority *selfsigned.Authority) (*tls.Config, error) {
	if call.TLS != "tls" && call.TLS != "mtls" {
		return nil, nil
	}
	config := &tls.Config{ServerName: call.SNI, InsecureSkipVerify: true}
	if call.ALPN != "" {
		config.NextProtos = strings.Split(call.ALPN, ",")
	}
	if call.TLS == "mtls" {
		cert, key, err := authority.Issue(cmp.Or(call.Principal, "spiffe://cluster.local/ns/default/sa/test"))
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// converse shakes hands, sends the call and takes the answer.
func (c *client) converse() answer {
	conn, http2 := c.conn, c.call.Protocol == "http2"
	if c.tls != nil {
		secure := tls.Client(conn, c.tls)
		if err := secure.Handshake(); err != nil {
			return answer{err: plainly(err)}
		}
		conn = secure
		http2 = http2 || secure.ConnectionState().NegotiatedProtocol == "h2"
	}
	switch {
	case c.call.Protocol == "tcp":
		return bytesOver(conn)
	case http2:
		return http2Over(conn, c.call)
	default:
		return c.http1Over(conn)
	}
}

// greeting is what a call without HTTP sends. Its first byte starts no protocol that Envoy looks for.
const greeting = "\x01 no HTTP\r\n\r\n"

func bytesOver(conn net.Conn) answer {
	if _, err := io.WriteString(conn, greeting); err != nil {
		return answer{err: plainly(err)}
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if number, ok := strings.CutPrefix(line, upstream.ExchangeHeader+": "); ok {
		return answer{exchange: strings.TrimSpace(number)}
	}
	if line != "" { // Envoy took the bytes for a request and said so
		return answer{body: strings.TrimSpace(line)}
	}
	return answer{err: plainly(err)}
}

// target splits a URL at its first slash, without a look at either part: they are to be sent as they are written.
func target(url string) (authority, path string) {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, "/"
}

// asked is the authority and path that a call asks for: a Host header of its own counts for more than its URL.
func asked(call simulate.Call) (authority, path string) {
	authority, path = target(call.URL)
	for name, values := range call.Headers {
		if strings.EqualFold(name, "host") {
			authority = strings.Join(values, ",")
		}
	}
	return authority, path
}

func (c *client) http1Over(conn net.Conn) answer {
	authority, path := asked(c.call)
	method := cmp.Or(c.call.Method, http.MethodGet)
	if method == http.MethodConnect {
		path = authority
	}
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nhost: %s\r\n", method, path, authority)
	for _, name := range slices.Sorted(maps.Keys(c.call.Headers)) {
		if strings.EqualFold(name, "host") {
			continue
		}
		for _, value := range c.call.Headers[name] {
			fmt.Fprintf(&head, "%s: %s\r\n", name, value)
		}
	}
	if hasBody(method) && !frames(c.call) {
		head.WriteString("content-length: 0\r\n")
	}
	head.WriteString("\r\n")
	head.WriteString(body(c.call))
	if _, err := io.WriteString(conn, head.String()); err != nil {
		return answer{err: plainly(err)}
	}
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return answer{err: plainly(err)}
		}
		if r.StatusCode >= 200 || r.StatusCode == http.StatusSwitchingProtocols {
			return read(r)
		}
	}
}

// largestBody is the longest body that a client sends.
const largestBody = 64 << 10

// body is what a call over HTTP/1.1 says that it has: so many bytes as its content-length.
func body(call simulate.Call) string {
	length := ""
	for name, values := range call.Headers {
		switch {
		case strings.EqualFold(name, "transfer-encoding"):
			return ""
		case strings.EqualFold(name, "content-length") && len(values) == 1:
			length = values[0]
		}
	}
	n, err := strconv.ParseUint(length, 10, 32)
	if err != nil || n > largestBody {
		return ""
	}
	return strings.Repeat("b", int(n))
}

func read(r *http.Response) answer {
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	a := answer{status: r.StatusCode, headers: r.Header, body: string(body), exchange: r.Header.Get(upstream.ExchangeHeader)}
	if err != nil {
		a.err = plainly(err)
	}
	return a
}

// plainly returns what a connection met in the words that the same thing always has.
func plainly(err error) error {
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var network net.Error
	switch {
	case errors.As(err, &alert):
		return fmt.Errorf("tls: %s", strings.TrimPrefix(alert.Error(), "tls: "))
	case errors.As(err, &record):
		return errors.New("tls: the answer is not TLS")
	case errors.As(err, &network) && network.Timeout():
		return errors.New("timeout")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return errors.New("closed")
	case strings.Contains(err.Error(), "reset by peer"), strings.Contains(err.Error(), "broken pipe"):
		return errors.New("reset")
	}
	return err
}
