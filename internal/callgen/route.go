package callgen

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// table returns the requests that a route table tells apart.
func (s sampler) table(table *routev3.RouteConfiguration) []request {
	out := []request{{authority: nobody, path: "/"}}
	for _, host := range table.GetVirtualHosts() {
		authorities := authoritiesOf(host)
		for _, a := range authorities {
			out = append(out, request{authority: a, path: "/"})
		}
		usual := []request{{authority: authorities[0], path: "/"}}
		for _, r := range host.GetRoutes() {
			of := s.route(authorities[0], r.GetMatch())
			usual = append(usual, of[0])
			out = append(append(out, of...), s.crossOrigin(of[0], r)...)
		}
		last := out[len(out)-1]
		out = append(out, request{authority: authorities[0], path: "/zz-unmatched"})
		out = slices.Concat(out, s.odd(last), s.heads(usual[s.random.IntN(len(usual))]))
	}
	return out
}

// odd returns requests that proxies clean up, refuse or take for something else: paths with dots, doubled, escaped and
// backward slashes and other characters; other methods and versions.
func (s sampler) odd(base request) []request {
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
		base.with(func(r *request) { r.headers["origin"] = "https://shop.example.com" }),
		base.with(func(r *request) { r.headers["cookie"] = "user=qa; session=1" }))
	s.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
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
func (s sampler) route(authority string, m *routev3.RouteMatch) []request {
	paths := s.paths(m)
	base := request{authority: authority, path: paths[0], headers: map[string]string{}, claims: m.GetDynamicMetadata()}
	for _, h := range m.GetHeaders() {
		base = s.header(base, h, true)
	}
	for _, q := range m.GetQueryParameters() {
		base = base.with(func(r *request) { r.query = append(r.query, s.parameter(q, true)...) })
	}
	out := []request{base}
	for _, path := range paths[1:] {
		out = append(out, base.with(func(r *request) { r.path = path }))
	}
	for _, h := range m.GetHeaders() {
		out = append(append(out, s.header(base, h, false)), s.doubled(base, h)...)
		if name := strings.ToLower(h.GetName()); !strings.HasPrefix(name, ":") {
			out = append(out, base.with(func(r *request) { delete(r.headers, name) }))
		}
	}
	for i, q := range m.GetQueryParameters() {
		out = append(out,
			base.with(func(r *request) { r.query = slices.Delete(r.query, i, i+1) }),
			base.with(func(r *request) { r.query[i] = strings.Join(s.parameter(q, false), "&") }))
	}
	return out
}

// paths are paths around a route's condition, the first of which meets it.
func (s sampler) paths(m *routev3.RouteMatch) []string {
	switch p := m.GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return around(p.Prefix)
	case *routev3.RouteMatch_Path:
		return around(p.Path)
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return around(p.PathSeparatedPrefix)
	case *routev3.RouteMatch_SafeRegex:
		inside := s.matching(p.SafeRegex.GetRegex())
		if !strings.HasPrefix(inside, "/") {
			inside = "/" + inside
		}
		return append(around(inside), "/"+s.matching(p.SafeRegex.GetRegex()))
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
func (s sampler) header(r request, m *routev3.HeaderMatcher, take bool) request {
	want := take != m.GetInvertMatch()
	name := strings.ToLower(m.GetName())
	return r.with(func(r *request) {
		value, present := s.headerValue(m, want)
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

// headerValue is a value that a matcher's condition holds for, or does not; present reports whether the header is sent.
func (s sampler) headerValue(m *routev3.HeaderMatcher, hold bool) (value string, present bool) {
	switch c := m.GetHeaderMatchSpecifier().(type) {
	case *routev3.HeaderMatcher_StringMatch:
		return s.text(c.StringMatch, hold), true
	case *routev3.HeaderMatcher_PresentMatch:
		return "any", c.PresentMatch == hold
	case *routev3.HeaderMatcher_RangeMatch:
		n := c.RangeMatch.GetStart()
		if !hold {
			n = c.RangeMatch.GetEnd()
		}
		return strconv.FormatInt(n, 10), true
	case *routev3.HeaderMatcher_ExactMatch:
		return s.variant(c.ExactMatch, hold), true
	case *routev3.HeaderMatcher_PrefixMatch:
		return s.variant(c.PrefixMatch, hold), true
	}
	return "any", hold
}

// parameter is a query parameter that a matcher takes, or does not.
func (s sampler) parameter(m *routev3.QueryParameterMatcher, take bool) []string {
	if text := m.GetStringMatch(); text != nil {
		return []string{m.GetName() + "=" + url.QueryEscape(s.text(text, take))}
	}
	if !take {
		return []string{m.GetName() + "x=1"}
	}
	return []string{m.GetName() + "=1"}
}
