package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM239",
	Title:    "authority match never matches",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why: `The authority is compared with the Host header that clients send: lower case, and without the default port of the scheme. Only requests
for the hosts of the VirtualService reach its rules.`,
	Fix: `Write the authority as clients send it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{authority: {exact: Web.Example.com}}]
    route: [{destination: {host: next}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{authority: {exact: web.example.com}}]
    route: [{destination: {host: next}}]
  - route: [{destination: {host: web}}]
`,
}, strangeAuthority)

func strangeAuthority(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			text := m.GetAuthority().GetExact()
			host, port, _ := strings.Cut(text, ":")
			p := at.Match(i, "authority.exact")
			switch {
			case text == "" || strings.Contains(port, ":"):
			case text != strings.ToLower(text):
				r.at(p, "authority %q never matches: hosts are lower case", text).help("write %s", strings.ToLower(text))
			case port == "80" || port == "443":
				r.at(p, "the authority never matches: clients omit the default port %s", port).help("write %s", host)
			case !ruledFor(s, at.Object, host):
				r.at(p, "authority %q never matches: it is not a host of this VirtualService", host).help("match a host of the VirtualService, or add %s to hosts", host).related(facts.At(at.Object, "spec.hosts"), "spec.hosts has %s",
					strings.Join(config.Spec[*networking.VirtualService](at.Object).GetHosts(), ", "))
			}
		}
	})
}

// ruledFor reports whether requests for a host may come to rules: those of a delegate, of short names or of Kubernetes names, which
// have several forms, always may.
func ruledFor(s *facts.Set, o *config.Object, host string) bool {
	hosts := config.Spec[*networking.VirtualService](o).GetHosts()
	return len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return !s.Hosts.OutsideCluster(s.FullHost(h, o)) || mesh.Overlap(h, host) })
}

var _ = register(diag.Check{
	ID:       "SEM238",
	Title:    "JWT claim match without a RequestAuthentication",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why:      `A gateway can route by claims only where a RequestAuthentication validates the token. Without one, the match is always false.`,
	Fix:      `Add a RequestAuthentication that selects the gateway's workload.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [web.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  gateways: [ingress/edge]
  http:
  - match: [{headers: {"@request.auth.claims.group": {exact: beta}}}]
    route: [{destination: {host: beta}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [web.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  gateways: [ingress/edge]
  http:
  - match: [{headers: {"@request.auth.claims.group": {exact: beta}}}]
    route: [{destination: {host: beta}}]
  - route: [{destination: {host: web}}]
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: ingress}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  jwtRules: [{issuer: https://issuer.example.com, jwksUri: https://issuer.example.com/jwks}]
`,
	Aliases: []string{"IST0149"},
}, unreadClaim)

func unreadClaim(s *facts.Set, r *reporter) {
	root := s.Mesh.Settings.Config.GetRootNamespace()
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		servers, known := s.Gateways.Servers(facts.GatewaysOf(at.Object))
		if !known || len(servers) == 0 || slices.ContainsFunc(servers, func(v facts.Server) bool {
			return s.Holds("RequestAuthentication", v.Object.Namespace) || s.Holds("RequestAuthentication", root)
		}) {
			return
		}
		for i, m := range rule.GetMatch() {
			if claimed(m.GetHeaders()) || claimed(m.GetWithoutHeaders()) {
				r.at(at.Match(i, "headers"), "the claim match never matches: no RequestAuthentication in the input selects the workloads of %s", name(servers[0].Object)).
					related(facts.At(servers[0].Object, "spec.selector"), "the VirtualService uses this gateway")
			}
		}
	})
}

func claimed(headers map[string]*networking.StringMatch) bool {
	for name := range headers {
		if facts.IsClaim(name) {
			return true
		}
	}
	return false
}
