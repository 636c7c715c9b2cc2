package callgen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// mostHeads is how many requests of heads are made for each virtual host.
const mostHeads = 8

// heads returns requests whose headers a connection manager takes off, writes anew, joins or refuses before it looks for a
// route.
func (s sampler) heads(base request) []request {
	out := slices.Concat(forged(base), repeated(base), oversized(base), misframed(base))
	s.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(len(out), mostHeads)]
}

// bothVersions are requests with some headers, over HTTP/1.1 and HTTP/2.
func (r request) bothVersions(headers map[string][]string) []request {
	one := r.with(func(r *request) { r.lists = headers })
	return []request{one, one.with(func(r *request) { r.version = "http2" })}
}

// forged returns requests that say of themselves what only proxies should: who the client is, where it is, how it came, and
// what Envoy is to do.
func forged(base request) []request {
	const admin = "By=spiffe://cluster.local/ns/shop/sa/web;Hash=00;URI=spiffe://cluster.local/ns/shop/sa/admin"
	var out []request
	for name, values := range map[string][]string{
		"x-forwarded-client-cert":                {admin},
		"x-forwarded-proto":                      {"https", "http"},
		"x-forwarded-for":                        {"10.0.0.1", "198.51.100.1, 10.0.0.1", "no address"},
		"x-forwarded-host":                       {"elsewhere.example"},
		"x-forwarded-port":                       {"8443"},
		"x-request-id":                           {"mine"},
		"x-envoy-internal":                       {"true"},
		"x-envoy-external-address":               {"10.0.0.1"},
		"x-envoy-original-path":                  {"/elsewhere"},
		"x-envoy-decorator-operation":            {"op"},
		"x-envoy-retry-on":                       {"5xx"},
		"x-envoy-max-retries":                    {"9"},
		"x-envoy-upstream-rq-timeout-ms":         {"60000"},
		"x-envoy-upstream-rq-per-try-timeout-ms": {"60000"},
		"x-envoy-upstream-alt-stat-name":         {"other"},
		"x-envoy-expected-rq-timeout-ms":         {"60000"},
		"x-envoy-attempt-count":                  {"3"},
		"x-envoy-ip-tags":                        {"trusted"},
		"x-envoy-force-trace":                    {"1"},
		"x-envoy-downstream-service-cluster":     {"web.shop"},
	} {
		for _, value := range values {
			out = append(out, base.bothVersions(map[string][]string{name: {value}})...)
		}
	}
	slices.SortFunc(out, func(a, b request) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return out
}

// repeated returns requests with several headers of one name, which Envoy joins or keeps apart.
func repeated(base request) []request {
	var out []request
	for _, name := range []string{"user-agent", "accept", "authorization", "content-type", "cookie", "via", "x-forwarded-for", "referer", "x-custom"} {
		out = append(out, base.bothVersions(map[string][]string{name: {"a=1", "b=2"}})...)
	}
	return out
}

// oversized returns requests with more headers, or larger ones, than Envoy accepts, and with as many as it does.
func oversized(base request) []request {
	var out []request
	for _, n := range []int{90, 101} {
		many := map[string][]string{}
		for i := range n {
			many[fmt.Sprintf("x-%d", i)] = []string{"1"}
		}
		out = append(out, base.bothVersions(many)...)
	}
	for _, size := range []int{50_000, 61_500} {
		out = append(out, base.bothVersions(map[string][]string{"x-large": {strings.Repeat("v", size)}})...)
	}
	return out
}

// misframed returns requests whose headers frame them wrongly, have no name, or are about one connection only.
func misframed(base request) []request {
	var out []request
	for _, headers := range []map[string][]string{
		{"content-length": {"abc"}},
		{"content-length": {"0"}, "transfer-encoding": {"chunked"}},
		{"transfer-encoding": {"identity"}},
		{"x(bad)": {"1"}},
		{"x_under": {"1"}},
		{"te": {"trailers"}},
		{"te": {"trailers, gzip"}},
		{"te": {"gzip"}},
		{"connection": {"keep-alive"}, "keep-alive": {"timeout=5"}},
		{"connection": {"x-named"}, "x-named": {"1"}},
		{"connection": {"x-forwarded-for"}},
		{"proxy-connection": {"keep-alive"}},
		{"expect": {"100-continue"}},
		{"referer": {"a:b"}},
	} {
		out = append(out, base.bothVersions(headers)...)
	}
	return out
}

// doubled returns requests that send a header of a matcher twice: once with a value that it takes, before or after another.
func (s sampler) doubled(base request, m *routev3.HeaderMatcher) []request {
	name := strings.ToLower(m.GetName())
	value, sent := base.headers[name]
	if !sent || strings.HasPrefix(name, ":") {
		return nil
	}
	var out []request
	for _, values := range [][]string{{value, "other"}, {"other", value}} {
		out = append(out, base.with(func(r *request) {
			delete(r.headers, name)
			r.lists = map[string][]string{name: values}
		}))
	}
	return out
}

// all are the headers of a request, each with its values.
func (r request) all() map[string][]string {
	out := maps.Clone(r.lists)
	if out == nil {
		out = make(map[string][]string, len(r.headers))
	}
	for name, value := range r.headers {
		if _, listed := out[name]; !listed {
			out[name] = []string{value}
		}
	}
	return out
}
