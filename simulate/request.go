package simulate

import (
	"cmp"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// A request is an HTTP request on its way through a proxy. Envoy treats the pseudo headers (":path", …) and the others
// alike, and so does get.
type request struct {
	method, scheme, authority, path string
	headers                         map[string][]string // by lower-case name
	version                         string              // http11 or http2
	principal                       string              // the identity of the client's certificate
	encrypted                       bool                // it came over TLS that this proxy terminated
	metadata                        map[string]any      // what filters learnt, by filter
}

// newRequest is the HTTP request of a normalised call, or nil where the call has none.
func newRequest(c *Call) *request {
	if c.inner() == payload {
		return nil
	}
	t := c.target()
	r := &request{method: c.Method, authority: t.authority, path: t.path, version: c.inner(), headers: lowered(c.Headers)}
	for _, name := range [...]string{":authority", "host"} {
		if values, ok := r.headers[name]; ok {
			r.authority = strings.Join(values, ",")
			delete(r.headers, name)
		}
	}
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

// values returns the values of a header, as they were given one by one.
func (r *request) values(name string) []string {
	if values, ok := r.headers[name]; ok {
		return values
	}
	if value, ok := r.get(name); ok {
		return []string{value}
	}
	return nil
}

// get returns a header's value, several joined by commas, and whether there is one.
func (r *request) get(name string) (string, bool) {
	switch name {
	case ":path":
		return r.path, r.path != ""
	case ":method":
		return r.method, r.method != ""
	case ":authority", "host":
		return r.authority, r.authority != ""
	case ":scheme":
		return r.scheme, r.scheme != ""
	}
	values, ok := r.headers[name]
	if len(values) == 1 {
		return values[0], true
	}
	return strings.Join(values, ","), ok
}

// grpc says whether the request is a gRPC call.
func (r *request) grpc() bool {
	kind, _ := r.get("content-type")
	return kind == "application/grpc" || strings.HasPrefix(kind, "application/grpc+")
}

// preflight says whether a browser asks before it makes a request to another origin.
func (r *request) preflight() bool {
	origin, _ := r.get("origin")
	asks, _ := r.get("access-control-request-method")
	return r.method == http.MethodOptions && origin != "" && asks != ""
}

// pathOnly is the path without query and fragment: what routes are matched against.
func (r *request) pathOnly() string { return cutQuery(r.path) }

func cutQuery(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i]
	}
	return path
}

// parameter returns the first value of a query parameter. Envoy matches it as it is written, without decoding.
func (r *request) parameter(name string) (string, bool) {
	_, query, _ := strings.Cut(r.path, "?")
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key == name && pair != "" {
			return value, true
		}
	}
	return "", false
}

// drop removes a query parameter. Envoy sorts the others by name as it does so.
func (r *request) drop(name string) {
	path, query, _ := strings.Cut(r.path, "?")
	key := func(pair string) string { name, _, _ := strings.Cut(pair, "="); return name }
	rest := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool { return key(pair) == name })
	slices.SortStableFunc(rest, func(a, b string) int { return cmp.Compare(key(a), key(b)) })
	r.path = path
	if len(rest) > 0 {
		r.path += "?" + strings.Join(rest, "&")
	}
}

// cookie returns the first value of a cookie, without quotes.
func (r *request) cookie(name string) (string, bool) {
	for _, line := range r.headers["cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			if key, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && key == name {
				return strings.Trim(value, `"`), true
			}
		}
	}
	return "", false
}

// clone copies a request so that a branch may change it.
func (r *request) clone() *request {
	out := *r
	out.headers = make(map[string][]string, len(r.headers))
	for name, values := range r.headers {
		out.headers[name] = slices.Clone(values)
	}
	return &out
}

// forwardedProto is the scheme of the client's connection as the proxies before this one tell it, else as it came here.
func (r *request) forwardedProto() string {
	if proto, ok := r.get("x-forwarded-proto"); ok && (proto == "http" || proto == "https") {
		return proto
	}
	return map[bool]string{true: "https", false: "http"}[r.encrypted]
}
