package envoytest

import (
	"net"
	"net/http"
	"reflect"
	"strconv"
)

// An Observation is what became of a call: what Envoy logged, what the client got, and what the upstream received.
// Where Envoy never came to a decision its field is empty.
type Observation struct {
	Listener        string            `json:"listener"`
	FilterChain     string            `json:"filterChain"`
	RouteConfig     string            `json:"routeConfig"`
	VirtualHost     string            `json:"virtualHost"`
	Route           string            `json:"route"`
	RouteIndex      string            `json:"routeIndex"` // position in the virtual host, from 0
	Cluster         string            `json:"cluster"`
	UpstreamHost    string            `json:"upstreamHost"`
	ResponseFlags   string            `json:"responseFlags"`
	Details         string            `json:"details"`
	Status          int               `json:"status"`                    // as the client got it; 0 for a call that is not HTTP
	ResponseHeaders map[string]string `json:"responseHeaders,omitempty"` // location and grpc-status
	AnswerHeaders   http.Header       `json:"-"`                         // all of them
	Body            string            `json:"body,omitempty"`            // of an answer that Envoy gave itself
	Error           string            `json:"error"`                     // what the client met in place of an answer
	Unlogged        bool              `json:"unlogged,omitempty"`        // no filter saw the connection
	Upstream        *Upstream         `json:"upstream,omitempty"`
}

// Upstream is what an upstream received.
type Upstream struct {
	Address   string            `json:"address"`          // the endpoint as the resources name it: an IP address, a DNS name, a socket's path; "" where nothing tells
	Port      uint32            `json:"port"`             // 0 where nothing tells
	Protocol  string            `json:"protocol"`         // http/1.1, h2, tcp
	TLS       *UpstreamTLS      `json:"tls"`              // nil for plaintext
	Tunnel    string            `json:"tunnel,omitempty"` // what the proxy asked it to connect to
	Method    string            `json:"method,omitempty"`
	Path      string            `json:"path,omitempty"` // query included
	Authority string            `json:"authority,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"` // names in lower case, several values joined by commas
}

// UpstreamTLS is what a client said in its TLS handshake.
type UpstreamTLS struct {
	SNI               string   `json:"sni"`
	ALPN              []string `json:"alpn"` // as offered
	ClientCertificate bool     `json:"clientCertificate"`
	Broken            bool     `json:"broken,omitempty"` // the handshake went no further, so that no certificate was seen
}

// noted is what the entries of a connection, that of its end last, say of what Envoy chose.
func noted(entries []entry) Observation {
	last := entries[len(entries)-1]
	o := Observation{Unlogged: len(entries) == 1 && last.Kind == connectionEnd}
	if len(entries) > 1 && last.Kind == connectionEnd {
		last = entries[len(entries)-2]
	}
	o.Listener, o.FilterChain = last.Listener, last.FilterChain
	o.Cluster, o.ResponseFlags, o.Details = last.Cluster, last.ResponseFlags, last.Details
	o.UpstreamHost = last.UpstreamHost
	if last.VirtualHost != "" {
		o.RouteConfig, o.VirtualHost, o.Route, o.RouteIndex = last.RouteConfig, last.VirtualHost, last.Route, last.RouteIndex
	}
	return o
}

// observe puts together what the client got, what Envoy logged and what the upstreams received since.
func (p *Proxy) observe(a answer, entries []entry, before int) Observation {
	o := noted(entries)
	o.AnswerHeaders = a.headers
	o.Status, o.Upstream, o.UpstreamHost = a.status, p.upstreams.exchange(a.exchange), p.upstreamHost(o.UpstreamHost)
	if a.err != nil {
		o.Error = a.err.Error()
	}
	if o.Upstream == nil {
		o.Upstream = p.unanswered(before, o.UpstreamHost)
	}
	if o.Upstream == nil {
		o.Body = a.body
	}
	for _, name := range []string{"location", "grpc-status"} {
		if value := a.headers.Get(name); value != "" {
			if o.ResponseHeaders == nil {
				o.ResponseHeaders = map[string]string{}
			}
			o.ResponseHeaders[name] = value
		}
	}
	return o
}

// unanswered returns what an upstream received whose answer did not reach the client: of several tries one at the host
// that Envoy logged, but nothing where the logged host tells none and different upstreams received different things.
func (p *Proxy) unanswered(before int, logged string) *Upstream {
	received := p.upstreams.since(before)
	for _, u := range received {
		if net.JoinHostPort(u.Address, strconv.FormatUint(uint64(u.Port), 10)) == logged {
			return u
		}
	}
	for _, u := range received {
		if !reflect.DeepEqual(*u, *received[0]) {
			return nil
		}
	}
	if len(received) == 0 {
		return nil
	}
	return received[0]
}

// upstreamHost is the host that Envoy logged, as the resources name it.
func (p *Proxy) upstreamHost(logged string) string {
	_, text, err := net.SplitHostPort(logged)
	if err != nil {
		return logged
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return logged
	}
	e, ok := p.upstreams.endpointOf(uint32(port))
	if !ok || e.announced {
		return ""
	}
	return net.JoinHostPort(e.address, strconv.FormatUint(uint64(e.port), 10))
}
