package request

import (
	"cmp"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"sem.example/simulate/call"
)

// A Request is an HTTP request on its way through a proxy. Envoy treats the pseudo headers (":path", …) and the others
// alike, and so does get.
type Request struct {
	Method, Scheme, Authority, Path string
	Headers                         map[string][]string // by lower-case name
	Version                         string              // http11 or http2
	Principal                       string              // the identity of the client's certificate
	Encrypted                       bool                // it came over TLS that this proxy terminated
	Metadata                        map[string]any      // what filters learnt, by filter
	Joined                          bool                // routes compare the values of a repeated header as one
}

// NewRequest is the HTTP request of a normalised call, or nil where the call has none.
func NewRequest(c *call.Call) *Request {
	if c.Inner() == call.Payload {
		return nil
	}
	t := c.ParseURL()
	r := &Request{Method: c.Method, Authority: t.Authority, Path: t.Path, Version: c.Inner(), Headers: lowered(c.Headers)}
	for _, name := range [...]string{":authority", "host"} {
		if values, ok := r.Headers[name]; ok {
			r.Authority = strings.Join(values, ",")
			delete(r.Headers, name)
		}
	}
	if r.Version == call.HTTP2 {
		r.Scheme = t.Scheme()
	}
	if r.Method == "CONNECT" {
		r.Path = "" // an authority is all that it asks for
	}
	r.parse()
	return r
}

// lowered copies headers with their names in lower case. Those that differ in case only become one.
func lowered(headers map[string][]string) map[string][]string {
	out := make(map[string][]string, len(headers))
	for name, values := range headers {
		out[strings.ToLower(textproto.TrimString(name))] = values
	}
	if len(out) == len(headers) {
		return out
	}
	clear(out)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		lower := strings.ToLower(textproto.TrimString(name))
		out[lower] = append(slices.Clip(out[lower]), headers[name]...)
	}
	return out
}

// Values returns the values of a header, as they were given one by one.
func (r *Request) Values(name string) []string {
	if values, ok := r.Headers[name]; ok {
		return values
	}
	if value, ok := r.Get(name); ok {
		return []string{value}
	}
	return nil
}

// RouteValues returns what a route compares of a header: one of its values must match.
func (r *Request) RouteValues(name string) []string {
	values := r.Values(name)
	if r.Joined && len(values) > 1 {
		return []string{strings.Join(values, ",")}
	}
	return values
}

// Get returns a header's value, several joined by commas, and whether there is one.
func (r *Request) Get(name string) (string, bool) {
	switch name {
	case ":path":
		return r.Path, r.Path != ""
	case ":method":
		return r.Method, r.Method != ""
	case ":authority", "host":
		return r.Authority, r.Authority != ""
	case ":scheme":
		return r.Scheme, r.Scheme != ""
	}
	values, ok := r.Headers[name]
	if len(values) == 1 {
		return values[0], true
	}
	return strings.Join(values, ","), ok
}

// Grpc reports whether the request is a gRPC call.
func (r *Request) Grpc() bool {
	kind, _ := r.Get("content-type")
	return kind == "application/grpc" || strings.HasPrefix(kind, "application/grpc+")
}

// Preflight reports whether a browser asks before it makes a request to another origin.
func (r *Request) Preflight() bool {
	origin, _ := r.Get("origin")
	asks, _ := r.Get("access-control-request-method")
	return r.Method == http.MethodOptions && origin != "" && asks != ""
}

// PathOnly is the path without query and fragment: what routes are matched against.
func (r *Request) PathOnly() string { return CutQuery(r.Path) }

// CutQuery returns a path without its query string and fragment.
func CutQuery(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i]
	}
	return path
}

// Parameter returns the first value of a query parameter. Envoy matches it as it is written, without decoding.
func (r *Request) Parameter(name string) (string, bool) {
	_, query, _ := strings.Cut(r.Path, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key == name && pair != "" {
			return value, true
		}
	}
	return "", false
}

// Drop removes a query parameter. Envoy sorts the others by name as it does so.
func (r *Request) Drop(name string) {
	path, query, _ := strings.Cut(r.Path, "?")
	key := func(pair string) string { name, _, _ := strings.Cut(pair, "="); return name }
	rest := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool { return key(pair) == name })
	slices.SortStableFunc(rest, func(a, b string) int { return cmp.Compare(key(a), key(b)) })
	r.Path = path
	if len(rest) > 0 {
		r.Path += "?" + strings.Join(rest, "&")
	}
}

// Cookie returns the first value of a cookie, without quotes.
func (r *Request) Cookie(name string) (string, bool) {
	for _, line := range r.Headers["cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			if key, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && key == name {
				return strings.Trim(value, `"`), true
			}
		}
	}
	return "", false
}

// Clone copies a request so that a branch may change it.
func (r *Request) Clone() *Request {
	out := *r
	out.Headers = make(map[string][]string, len(r.Headers))
	for name, values := range r.Headers {
		out.Headers[name] = slices.Clone(values)
	}
	return &out
}

// ForwardedProto is the scheme of the client's connection as the proxies before this one tell it, else as it came here.
func (r *Request) ForwardedProto() string {
	if proto, ok := r.Get("x-forwarded-proto"); ok && (proto == "http" || proto == "https") {
		return proto
	}
	return map[bool]string{true: "https", false: "http"}[r.Encrypted]
}

// Keep sets a value of the request's metadata.
func (r *Request) Keep(filter, key string, value any) {
	r.Metadata = maps.Clone(r.Metadata)
	if r.Metadata == nil {
		r.Metadata = map[string]any{}
	}
	of := map[string]any{}
	if before, ok := r.Metadata[filter].(map[string]any); ok {
		of = maps.Clone(before)
	}
	of[key] = value
	r.Metadata[filter] = of
}

// Upgrade is the protocol that the request asks to change to, "" for none. Envoy does not hear requests for h2c.
func (r *Request) Upgrade() string {
	if r.Method == "CONNECT" {
		return "CONNECT"
	}
	connection, _ := r.Get("connection")
	kind, _ := r.Get("upgrade")
	if r.Version != call.HTTP11 || !slices.ContainsFunc(strings.Split(connection, ","), func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "upgrade") }) {
		return ""
	}
	if strings.EqualFold(kind, "h2c") {
		return ""
	}
	return kind
}
