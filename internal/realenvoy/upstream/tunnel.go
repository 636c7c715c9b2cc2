package upstream

import (
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
)

// tunnel serves what comes through a tunnel to a host: by CONNECT, or in the body of a request, which no client of ours
// gives one otherwise.
func (s *session) tunnel(host, header string) {
	s.known.Tunnel = host
	if _, err := io.WriteString(s.conn, "HTTP/1.1 200 OK\r\n"+header+"\r\n"); err != nil {
		return
	}
	if header != "" {
		s.use(&chunked{Conn: s.conn, in: httputil.NewChunkedReader(s.in), out: httputil.NewChunkedWriter(s.conn)})
	}
	s.run()
}

// chunked is a connection within the chunks of another.
type chunked struct {
	net.Conn
	in  io.Reader
	out io.Writer
}

func (c *chunked) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c *chunked) Write(b []byte) (int, error) { return c.out.Write(b) }

// opensTunnel reports whether a request of HTTP/2 is a tunnel: one by CONNECT, or one whose body is of no known length, which
// no client of ours sends otherwise.
func opensTunnel(r *http.Request) bool {
	return r.Method == http.MethodConnect || r.Method == http.MethodPost && r.ContentLength < 0
}

// through serves what comes through a tunnel of HTTP/2, until its end.
func (u *Servers) through(c *peeked, w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusOK)
	if http.NewResponseController(w).Flush() != nil {
		return
	}
	inner := &stream{Conn: c.Conn, in: r.Body, out: w, closed: make(chan struct{})}
	s := &session{Servers: u, end: c.end, known: c.known}
	s.known.Tunnel = r.Host
	s.use(inner)
	if s.run() {
		<-inner.closed // by whom it was handed to
	}
}

// stream is a connection within a request of HTTP/2.
type stream struct {
	net.Conn
	in     io.Reader
	out    http.ResponseWriter
	closed chan struct{}
	once   sync.Once
}

func (s *stream) Read(b []byte) (int, error) { return s.in.Read(b) }

func (s *stream) Write(b []byte) (int, error) {
	n, err := s.out.Write(b)
	if err == nil {
		err = http.NewResponseController(s.out).Flush()
	}
	return n, err
}

func (s *stream) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}
