package upstream

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
)

const http2Preface = "PRI * HTTP/2.0\r\n"

// serveHTTP1 answers an HTTP/1.1 request, the only one of its connection: the next might otherwise go over a connection
// that was opened for another name. It reads the request by itself because an HTTP server would clean up, or refuse, the
// very paths and authorities that are to be seen as they came. What comes through a tunnel is served as a connection of
// its own. It returns false, having taken nothing, where the bytes are not a request.
func (s *session) serveHTTP1() bool {
	if !s.isRequest() {
		return false
	}
	line, err := s.in.ReadString('\n')
	if err != nil {
		return true
	}
	method, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	path, _, _ := strings.Cut(rest, " HTTP/")
	header, err := textproto.NewReader(s.in).ReadMIMEHeader()
	if err != nil {
		return true
	}
	switch {
	case method == http.MethodConnect:
		s.tunnel(path, "")
	case header.Get("Transfer-Encoding") == "chunked":
		s.tunnel(header.Get("Host"), "transfer-encoding: chunked\r\n")
	default:
		s.answer(method, path, header)
	}
	return true
}

// StatusPath begins the paths of requests that are answered with the status that follows it, and not noted: those that an Envoy makes
// itself, such as to an external authorizer.
const StatusPath = "/status/"

// answer answers a request with its number.
func (s *session) answer(method, path string, header textproto.MIMEHeader) {
	if status, ok := strings.CutPrefix(path, StatusPath); ok {
		code, _, _ := strings.Cut(status, "/")
		_, _ = fmt.Fprintf(s.conn, "HTTP/1.1 %s Stand-in\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", code) // as below
		return
	}
	number := s.request("http/1.1", method, path, header.Get("Host"), http.Header(header))
	if n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil {
		if _, err := io.CopyN(io.Discard, s.in, n); err != nil {
			return
		}
	}
	// An error is the client's, who has gone.
	_, _ = fmt.Fprintf(s.conn, "HTTP/1.1 200 OK\r\n%s: %d\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", ExchangeHeader, number)
}

// isRequest reports whether the stream starts with "METHOD target HTTP/1.x".
func (s *session) isRequest() bool {
	for size := 1; ; size++ {
		if _, err := s.in.Peek(size); err != nil {
			return false
		}
		size = s.in.Buffered()
		start, _ := s.in.Peek(size)
		if line, _, whole := strings.Cut(string(start), "\n"); whole {
			return strings.Contains(line, " HTTP/1.")
		}
	}
}

// serveHTTP2 starts the server of the connections that begin with the preface of HTTP/2.
func (u *Servers) serveHTTP2() {
	u.http2 = &http.Server{
		Protocols: &http.Protocols{},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := r.Context().Value(connKey{}).(*peeked)
			if opensTunnel(r) {
				u.through(c, w, r)
				return
			}
			number := u.record(requestOf(c.known, c.end, "h2", r.Method, r.RequestURI, r.Host, r.Header))
			w.Header().Set(ExchangeHeader, strconv.Itoa(number))
			w.Header().Set("Connection", "close")
		}),
	}
	u.http2.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = u.http2.Serve(u.http2Conns) }() // until close
}

type connKey struct{}

// peeked is a connection whose first bytes were looked at, with what is known of it.
type peeked struct {
	net.Conn
	in    *bufio.Reader
	known Received
	end   Endpoint
}

func (p *peeked) Read(b []byte) (int, error) { return p.in.Read(b) }

// handedOver is a listener of connections that others accepted.
type handedOver struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newHandedOver() *handedOver {
	return &handedOver{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (h *handedOver) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		c.Close()
	}
}

// Accept implements net.Listener.
func (h *handedOver) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (h *handedOver) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

// Addr implements net.Listener.
func (h *handedOver) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
