package serve

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"
)

// The limits of a server: other users of the machine can connect to it as well, though they do not know the token.
const (
	maxConnections = 256
	maxStreams     = 32
	patience       = time.Minute // for a browser to read a page, and between two requests
)

// An Asked is what was typed into the form of the page; both are "" before.
type Asked struct{ From, URL string }

// A Server shows a page.
type Server struct {
	// Page makes the page. It is called by one browser at a time.
	Page func(Asked) ([]byte, error)
	// Policy is the content security policy of the page.
	Policy string
	// Seen is a text that changes when the files do.
	Seen func() string
	// Every is how often Seen is asked, where it answers fast.
	Every time.Duration

	token    string
	streams  atomic.Int32 // of events, that are open
	listener net.Listener
	mu       sync.Mutex
	changes  broadcast
}

// New returns a server that listens on a free port of the loopback interface, or on that of an address such as 127.0.0.1:8080.
func New(address string) (*Server, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not a loopback address, such as 127.0.0.1 or ::1", host)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return &Server{token: rand.Text(), listener: l, Every: 500 * time.Millisecond}, nil
}

// URL is where the page is.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" + s.token + "/" }

// Serve shows the page until the context ends.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.watch(ctx, s.Seen()) // as the files were before anybody asks for the page
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: patience, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	go func() {
		<-ctx.Done()
		_ = server.Close() // the streams of events have no end of their own
	}()
	if err := server.Serve(netutil.LimitListener(s.listener, maxConnections)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ServeHTTP answers the browser that the page was opened in.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", s.Policy+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address has the token
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !s.ours(r) {
		h.Set("Connection", "close") // nobody else keeps a connection
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	token, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1:
		h.Set("Connection", "close")
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case rest == "":
		s.page(w, r)
	case rest == "events":
		s.events(w, r)
	default:
		http.NotFound(w, r)
	}
}

// ours reports whether a request was sent by the page, or by the user who opens it: no other page has this host and origin. A name
// that an attacker's DNS leads to the loopback interface is another host.
func (s *Server) ours(r *http.Request) bool {
	address := s.listener.Addr().String()
	if r.Host != address {
		return false
	}
	for _, origin := range r.Header.Values("Origin") {
		if origin != "http://"+address {
			return false
		}
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "none" && site != "same-origin" {
			return false
		}
	}
	return true
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	page, err := s.made(Asked{From: r.FormValue("from"), URL: r.FormValue("url")})
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience)) // not every writer has one
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page) // the browser has gone
}

// made makes the page. A browser that reads slowly does not keep others waiting: it reads when the page is made.
func (s *Server) made(asked Asked) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Page(asked)
}

// events sends an event for each change of the files, as long as the browser listens.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	defer s.streams.Add(-1)
	if s.streams.Add(1) > maxStreams {
		http.Error(w, "too many browsers follow this page", http.StatusServiceUnavailable)
		return
	}
	changes, leave := s.changes.join()
	defer leave()
	flusher := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	if _, err := fmt.Fprint(w, ": open\n\n"); err != nil || flusher.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case <-changes:
			if _, err := fmt.Fprint(w, "event: changed\ndata:\n\n"); err != nil || flusher.Flush() != nil {
				return
			}
		}
	}
}

// share is the part of the time that may be spent on looking for changes: a twentieth.
const share = 20

// watch announces changes of the files from what was last seen of them on. Where it takes long to look at all of them, it is
// done less often.
func (s *Server) watch(ctx context.Context, last string) {
	for {
		began := time.Now()
		if now := s.Seen(); now != last {
			s.changes.announce()
			last = now
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(s.Every, share*time.Since(began))):
		}
	}
}
