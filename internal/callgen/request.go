package callgen

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate"
)

// A request is what goes over a connection.
type request struct {
	authority, path, method string
	headers                 map[string]string
	lists                   map[string][]string // headers that take precedence, each with all its values
	query                   []string            // "name=value"
	version                 string              // http (1.1) if empty, or http2
	connect                 func(connection) connection
	claims                  []*matcherv3.MetadataMatcher // that its route asks of a token
}

// with returns a copy that f changed.
func (r request) with(f func(*request)) request {
	r.headers = maps.Clone(r.headers)
	if r.headers == nil {
		r.headers = map[string]string{}
	}
	r.query = slices.Clone(r.query)
	f(&r)
	return r
}

// writable reports whether the request can be written as HTTP and as a URL. What a rule for anything at all is sampled by
// may not be.
func (r request) writable() bool {
	plain := func(text string) bool {
		return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '#' })
	}
	for _, values := range r.all() {
		if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, "\r\n\x00") || strings.TrimSpace(v) != v }) {
			return false
		}
	}
	return plain(r.path) && strings.HasPrefix(r.path, "/") && plain(r.authority) && !strings.Contains(r.authority, "/") && r.authority != ""
}

// over is the call that makes the request over a connection.
func (r request) over(w connection) simulate.Call {
	if r.connect != nil {
		w = r.connect(w)
	}
	if r.version == "http2" && w.alpn == "http/1.1" {
		w.alpn = "h2"
	}
	c := w.call()
	scheme := "http"
	if w.tls != "plaintext" {
		scheme = "https"
	}
	c.Protocol, c.Method = cmp.Or(r.version, "http"), cmp.Or(r.method, "GET")
	path := r.path
	if len(r.query) > 0 {
		path += "?" + strings.Join(r.query, "&")
	}
	c.URL = scheme + "://" + r.authority + path
	if headers := r.all(); len(headers) > 0 {
		c.Headers = headers
	}
	return c
}

// some returns two requests, or one to a host that nobody knows.
func (s sampler) some(requests []request) []request {
	if len(requests) == 0 {
		return []request{{authority: "unknown.example.net", path: "/"}}
	}
	return []request{requests[s.random.IntN(len(requests))], requests[s.random.IntN(len(requests))]}
}
