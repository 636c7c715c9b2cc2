package envoytest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
)

const http2Preface = "PRI * HTTP/2.0\r\n"

// serveHTTP1 answers the HTTP/1.1 requests of a connection. It reads them by itself because an HTTP server would clean
// up, or refuse, the very paths and authorities that are to be seen as they came. It returns false, having taken nothing,
// where the bytes are no request.
func (s *session) serveHTTP1() bool {
	for first := true; ; first = false {
		if first && !s.isRequest() {
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
		number := s.request("http/1.1", method, path, header.Get("Host"), http.Header(header))
		if err := discardBody(s.in, header); err != nil {
			return true
		}
		if err := reply(s.conn, method, number); err != nil || method == http.MethodConnect {
			// What follows in the tunnel is not served: the number stands in the answer to CONNECT.
			return true
		}
	}
}

// isRequest says whether the stream starts with "METHOD target HTTP/1.x".
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

func discardBody(in *bufio.Reader, header textproto.MIMEHeader) error {
	body := io.Reader(strings.NewReader(""))
	if header.Get("Transfer-Encoding") != "" {
		body = httputil.NewChunkedReader(in)
	} else if n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64); err == nil {
		body = io.LimitReader(in, n)
	}
	_, err := io.Copy(io.Discard, body)
	return err
}

func reply(w io.Writer, method string, number int) error {
	length := "content-length: 0\r\n"
	if method == http.MethodConnect {
		length = ""
	}
	_, err := fmt.Fprintf(w, "HTTP/1.1 200 OK\r\n%s: %d\r\n%s\r\n", exchangeHeader, number, length)
	return err
}

// serveHTTP2 starts the server of the connections that begin with the preface of HTTP/2.
func (u *upstreams) serveHTTP2() {
	u.http2 = &http.Server{
		Protocols: &http.Protocols{},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := r.Context().Value(connKey{}).(*peeked)
			number := u.record(requestOf(c.so, c.end, "h2", r.Method, r.RequestURI, r.Host, r.Header))
			w.Header().Set(exchangeHeader, strconv.Itoa(number))
		}),
	}
	u.http2.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = u.http2.Serve(u.http2Conns) }() // until close
}

type connKey struct{}

// peeked is a connection whose first bytes were looked at, with what is known of it.
type peeked struct {
	net.Conn
	in  *bufio.Reader
	so  Upstream
	end endpoint
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
