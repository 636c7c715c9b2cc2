package callgen

import (
	"net/netip"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// conditions are what authorization rules name.
type conditions struct {
	paths      []string
	headers    []*routev3.HeaderMatcher
	principals []string
	sources    []netip.Addr // of the connection
	remotes    []netip.Addr // of the request
	names      []string     // of servers
}

// rules reads the authorization rules of a filter chain, of whichever kind.
func (s sampler) rules(chain *listenerv3.FilterChain) conditions {
	var out conditions
	within(chain, func(p *rbacv3.Permission) {
		if path := p.GetUrlPath().GetPath(); path != nil {
			out.paths = append(out.paths, s.text(path, true), s.text(path, false))
		}
		if t := p.GetUriTemplate(); t != nil {
			out.paths = append(out.paths, templated(t)...)
		}
		if h := p.GetHeader(); h != nil {
			out.headers = append(out.headers, h)
		}
		if name := p.GetRequestedServerName(); name != nil {
			out.names = append(out.names, s.text(name, true), s.text(name, false))
		}
	})
	within(chain, func(p *rbacv3.Principal) {
		if name := p.GetAuthenticated().GetPrincipalName(); name != nil {
			out.principals = append(out.principals, identity(s.text(name, true)), s.text(name, false))
		}
		if h := p.GetHeader(); h != nil {
			out.headers = append(out.headers, h)
		}
		for _, r := range []*corev3.CidrRange{p.GetDirectRemoteIp(), p.GetRemoteIp(), p.GetSourceIp()} {
			if r != nil {
				out.sources = append(out.sources, edges(r)...)
			}
		}
		if r := p.GetRemoteIp(); r != nil {
			out.remotes = append(out.remotes, edges(r)...)
		}
	})
	return out
}

// identity is a SPIFFE identity of the namespace that a text names, which the expression for a namespace leaves open. Where an
// expression is for any trust domain it is that of the mesh: of others, TLS accepts no certificate.
func identity(text string) string {
	domain, rest, ok := strings.Cut(text, "/ns/")
	if spiffe, is := strings.CutPrefix(domain, "spiffe://"); ok && is && strings.Trim(spiffe, "q") == "" {
		return "spiffe://cluster.local/ns/" + rest
	}
	if !ok || strings.HasPrefix(text, "spiffe://") {
		return text
	}
	namespace, _, _ := strings.Cut(rest, "/")
	return "spiffe://cluster.local/ns/" + namespace + "/sa/test"
}

// mostPairs is how many requests are made of identities and requests.
const mostPairs = 20_000

// ruled returns requests that the rules tell apart, made from the first of the requests at hand. Of more than so many pairs of
// an identity and a request, which are evenly spread, one in several is made.
func (s sampler) ruled(by conditions, requests []request, most int) []request {
	base := request{authority: "svc.example", path: "/"}
	if len(requests) > 1 {
		base = requests[1]
	}
	out := []request{}
	for _, path := range by.paths {
		if len(path) > 0 && path[0] == '/' {
			out = append(out, base.with(func(r *request) { r.path = path }))
		}
	}
	for _, h := range by.headers {
		out = append(out, s.header(base, h, true), s.header(base, h, false))
	}
	all := append([]request{base}, out...)
	pairs := len(by.principals) * len(all) // of identities and requests
	for i := 0; i < pairs; i += 1 + pairs/most {
		principal := by.principals[i/len(all)]
		out = append(out, all[i%len(all)].with(func(r *request) { r.connect = from(principal, netip.Addr{}) }))
	}
	for _, remote := range by.remotes {
		for _, chain := range []string{"", "192.0.2.9,", "192.0.2.9, 198.51.100.1,"} {
			out = append(out, base.with(func(r *request) { r.headers["x-forwarded-for"] = chain + remote.String() }))
		}
		out = append(out, base.with(func(r *request) { r.headers["x-forwarded-for"] = remote.String() + ",192.0.2.9" }))
	}
	for _, name := range by.names {
		out = append(out, base.with(func(r *request) { r.connect = asking(name) }))
	}
	for _, source := range by.sources {
		out = append(out, base.with(func(r *request) { r.connect = from("", source) }))
	}
	return out
}

// asking changes the server that a connection with TLS asks for. No client sends a dot at the end.
func asking(name string) func(connection) connection {
	return func(w connection) connection {
		if w.tls != "plaintext" && name != "" && !strings.HasSuffix(name, ".") {
			w.sni = name
		}
		return w
	}
}

// from changes who a connection comes from. A peer without a certificate has no identity.
func from(principal string, source netip.Addr) func(connection) connection {
	return func(w connection) connection {
		if principal != "" && w.tls == "mtls" {
			w.principal = principal
		}
		if source.IsValid() && source.Is4() == w.address.Is4() {
			w.source = source
		}
		return w
	}
}
