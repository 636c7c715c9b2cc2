package probe

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate"
)

// A request is what goes over a way in.
type request struct {
	authority, path, method string
	headers                 map[string]string
	query                   []string // "name=value"
	version                 string   // http (1.1) if empty, or http2
	way                     func(way) way
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

// writable says whether the request can be written as HTTP and as a URL. What a rule for anything at all is sampled by
// may not be.
func (r request) writable() bool {
	plain := func(text string) bool {
		return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '#' })
	}
	for _, value := range r.headers {
		if strings.ContainsAny(value, "\r\n\x00") || strings.TrimSpace(value) != value {
			return false
		}
	}
	return plain(r.path) && strings.HasPrefix(r.path, "/") && plain(r.authority) && !strings.Contains(r.authority, "/") && r.authority != ""
}

// over is the call that makes the request over a way in.
func (r request) over(w way) simulate.Call {
	if r.way != nil {
		w = r.way(w)
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
	if len(r.headers) > 0 {
		c.Headers = map[string][]string{}
		for name, value := range r.headers {
			c.Headers[name] = []string{value}
		}
	}
	return c
}

// table returns the requests that a route table tells apart.
func (g *generator) table(table *routev3.RouteConfiguration) []request {
	out := []request{{authority: nobody, path: "/"}}
	for _, host := range table.GetVirtualHosts() {
		authorities := authoritiesOf(host)
		for _, a := range authorities {
			out = append(out, request{authority: a, path: "/"})
		}
		for _, r := range host.GetRoutes() {
			of := g.route(authorities[0], r.GetMatch())
			out = append(append(out, of...), g.crossOrigin(of[0], r)...)
		}
		out = append(out, request{authority: authorities[0], path: "/zz-unmatched"})
		out = append(out, g.odd(out[len(out)-2])...)
	}
	return out
}

// odd returns requests that proxies clean up, refuse or take for something else: paths with dots, doubled, escaped and
// backward slashes and other characters; other methods and versions.
func (g *generator) odd(base request) []request {
	var out []request
	path, _, _ := strings.Cut(base.path, "?")
	for _, p := range []string{
		path + "/../up", path + "/./here", "/a/.." + path, "/" + path, path + "//", path + "/%2e%2e/up", path + "%2Fsub", path + "%5Csub",
		path + "\\sub", path + "/a%20b", path + ";v=1", strings.ReplaceAll(path, "e", "%65"), path + "?", path + "?a=b/../c",
	} {
		out = append(out, base.with(func(r *request) { r.path = p }))
	}
	for _, method := range []string{"POST", "HEAD", "OPTIONS", "DELETE", "BREW"} {
		out = append(out, base.with(func(r *request) { r.method = method }))
	}
	out = append(out,
		base.with(func(r *request) { r.version = "http2" }),
		base.with(func(r *request) { r.headers["content-type"] = "application/grpc" }),
		base.with(func(r *request) { r.headers["x-forwarded-proto"] = "https" }),
		base.with(func(r *request) {
			r.headers["x-envoy-original-path"], r.headers["x-forwarded-for"] = "/elsewhere", "192.0.2.1"
		}),
		base.with(func(r *request) { r.headers["origin"] = "https://shop.example.com" }),
		base.with(func(r *request) { r.headers["cookie"] = "user=qa; session=1" }))
	g.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:6]
}

// authoritiesOf are hosts that reach a virtual host, or just do not: each domain as it is, with a port, in capitals, and
// the edges of wildcards.
func authoritiesOf(host *routev3.VirtualHost) []string {
	var out []string
	for _, domain := range host.GetDomains() {
		names := hosts(domain)
		out = append(out, names...)
		if name := names[0]; !strings.Contains(name, ":") {
			out = append(out, name+":80", name+":1234")
		}
		out = append(out, strings.ToUpper(names[0]))
	}
	return out
}

// route returns requests for one route: one that it takes, and for each of its conditions some that only just meet it
// and some that only just do not.
func (g *generator) route(authority string, m *routev3.RouteMatch) []request {
	paths := g.paths(m)
	base := request{authority: authority, path: paths[0], headers: map[string]string{}, claims: m.GetDynamicMetadata()}
	for _, h := range m.GetHeaders() {
		base = g.header(base, h, true)
	}
	for _, q := range m.GetQueryParameters() {
		base = base.with(func(r *request) { r.query = append(r.query, g.parameter(q, true)...) })
	}
	out := []request{base}
	for _, path := range paths[1:] {
		out = append(out, base.with(func(r *request) { r.path = path }))
	}
	for _, h := range m.GetHeaders() {
		out = append(out, g.header(base, h, false))
		if name := strings.ToLower(h.GetName()); !strings.HasPrefix(name, ":") {
			out = append(out, base.with(func(r *request) { delete(r.headers, name) }))
		}
	}
	for i, q := range m.GetQueryParameters() {
		out = append(out,
			base.with(func(r *request) { r.query = slices.Delete(r.query, i, i+1) }),
			base.with(func(r *request) { r.query[i] = strings.Join(g.parameter(q, false), "&") }))
	}
	return out
}

// paths are paths around a route's condition, the first of which meets it.
func (g *generator) paths(m *routev3.RouteMatch) []string {
	switch p := m.GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return around(p.Prefix)
	case *routev3.RouteMatch_Path:
		return around(p.Path)
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return around(p.PathSeparatedPrefix)
	case *routev3.RouteMatch_SafeRegex:
		inside := g.matching(p.SafeRegex.GetRegex())
		if !strings.HasPrefix(inside, "/") {
			inside = "/" + inside
		}
		return append(around(inside), "/"+g.matching(p.SafeRegex.GetRegex()))
	}
	return []string{"/"}
}

// around returns a path, paths that begin with it, and paths that nearly do.
func around(path string) []string {
	out := []string{path, path + "x", strings.TrimSuffix(path, "/") + "/sub", path + "?a=b", strings.ToUpper(path), "/" + path}
	if len(path) > 1 {
		out = append(out, path[:len(path)-1])
	}
	return out
}

// header changes a request so that a header matcher takes it, or does not.
func (g *generator) header(r request, m *routev3.HeaderMatcher, take bool) request {
	want := take != m.GetInvertMatch()
	name := strings.ToLower(m.GetName())
	return r.with(func(r *request) {
		value, present := g.headerValue(m, want)
		switch {
		case name == ":method":
			r.method = strings.ToUpper(value)
		case name == ":authority":
			r.authority = value
		case strings.HasPrefix(name, ":"):
		case present:
			r.headers[name] = value
		default:
			delete(r.headers, name)
		}
	})
}

// headerValue is a value that a matcher's condition holds for, or does not; present tells whether the header is sent.
func (g *generator) headerValue(m *routev3.HeaderMatcher, hold bool) (value string, present bool) {
	switch c := m.GetHeaderMatchSpecifier().(type) {
	case *routev3.HeaderMatcher_StringMatch:
		return g.text(c.StringMatch, hold), true
	case *routev3.HeaderMatcher_PresentMatch:
		return "any", c.PresentMatch == hold
	case *routev3.HeaderMatcher_RangeMatch:
		n := c.RangeMatch.GetStart()
		if !hold {
			n = c.RangeMatch.GetEnd()
		}
		return strconv.FormatInt(n, 10), true
	case *routev3.HeaderMatcher_ExactMatch:
		return g.near(c.ExactMatch, hold), true
	case *routev3.HeaderMatcher_PrefixMatch:
		return g.near(c.PrefixMatch, hold), true
	}
	return "any", hold
}

// parameter is a query parameter that a matcher takes, or does not.
func (g *generator) parameter(m *routev3.QueryParameterMatcher, take bool) []string {
	if s := m.GetStringMatch(); s != nil {
		return []string{m.GetName() + "=" + url.QueryEscape(g.text(s, take))}
	}
	if !take {
		return []string{m.GetName() + "x=1"}
	}
	return []string{m.GetName() + "=1"}
}
