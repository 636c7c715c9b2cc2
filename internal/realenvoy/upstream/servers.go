// Package upstream is the other end of what an Envoy sends: servers that take plaintext HTTP/1.1 and HTTP/2, TLS and bytes
// of any kind, and note what they received.
package upstream

import (
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"sync"

	"sem.example/internal/selfsigned"
)

// ExchangeHeader numbers the answers of the upstreams, so that a client's answer leads to the request that it is for.
const ExchangeHeader = "sem-exchange"

// Servers are the servers behind all endpoints of one proxy.
type Servers struct {
	certificate tls.Certificate
	http2       *http.Server
	http2Conns  *handedOver

	mu        sync.Mutex
	listeners []net.Listener
	ports     map[Endpoint]uint32
	received  []*Received
}

// An Endpoint is what an upstream is reached as.
type Endpoint struct {
	Address string
	Port    uint32
	// Announced reports that the address and port are those of each connection's PROXY header; Port, unless 0, still
	// replaces the header's.
	Announced bool
	// HostIn is where a forward proxy takes the host from that it dials.
	HostIn HostSource
}

// A HostSource is the part of a connection that names the host that a forward proxy dials.
type HostSource int

const (
	notNamed  HostSource = iota
	InRequest            // the authority of the request
	InSNI                // the server name of the TLS handshake
	Nowhere              // nothing that the upstream receives
)

// Start returns servers with a certificate of the names. A server is started for each endpoint that is asked for.
func Start(authority *selfsigned.Authority, names ...string) (*Servers, error) {
	cert, key, err := authority.Issue(names...)
	if err != nil {
		return nil, err
	}
	u := &Servers{ports: map[Endpoint]uint32{}, http2Conns: newHandedOver()}
	if u.certificate, err = tls.X509KeyPair(cert, key); err != nil {
		return nil, err
	}
	u.serveHTTP2()
	return u, nil
}

// Port returns the loopback port of the upstream that stands for an endpoint.
func (u *Servers) Port(e Endpoint) (uint32, error) {
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

// Serve serves an endpoint on a listener.
func (u *Servers) Serve(l net.Listener, e Endpoint) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.accept(l, e)
}

// accept serves what comes to a listener, until the end. The caller holds the lock.
func (u *Servers) accept(l net.Listener, e Endpoint) {
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

// EndpointAt returns the endpoint that a loopback port stands for.
func (u *Servers) EndpointAt(port uint32) (Endpoint, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for e, p := range u.ports {
		if p == port {
			return e, true
		}
	}
	return Endpoint{}, false
}

// Close ends the servers.
func (u *Servers) Close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.listeners {
		l.Close()
	}
	u.http2.Close()
	u.http2Conns.Close()
}

// record keeps what was received and returns its number.
func (u *Servers) record(r Received) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.received = append(u.received, &r)
	return len(u.received) - 1
}

// Exchange returns what was received under a number.
func (u *Servers) Exchange(number string) *Received {
	n, err := strconv.Atoi(number)
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil || n < 0 || n >= len(u.received) {
		return nil
	}
	return u.received[n]
}

// Since returns what was received after the first n.
func (u *Servers) Since(n int) []*Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.received[n:]
}

// Count is how much was received so far.
func (u *Servers) Count() int { return len(u.Since(0)) }

// Received is what an upstream received.
type Received struct {
	Address   string            `json:"address"`          // the endpoint as the resources name it: an IP address, a DNS name, a socket's path; "" where it is unknown
	Port      uint32            `json:"port"`             // 0 where it is unknown
	Protocol  string            `json:"protocol"`         // http/1.1, h2, tcp
	TLS       *TLS              `json:"tls"`              // nil for plaintext
	Tunnel    string            `json:"tunnel,omitempty"` // what the proxy asked it to connect to
	Method    string            `json:"method,omitempty"`
	Path      string            `json:"path,omitempty"` // query included
	Authority string            `json:"authority,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"` // names in lower case, several values joined by commas
}

// TLS is what a client said in its TLS handshake.
type TLS struct {
	SNI               string   `json:"sni"`
	ALPN              []string `json:"alpn"` // as offered
	ClientCertificate bool     `json:"clientCertificate"`
	Broken            bool     `json:"broken,omitempty"` // the handshake went no further, so that no certificate was seen
}
