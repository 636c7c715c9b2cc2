package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM367",
	Title:    "match of a Gateway API route is never used",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	Why: `Routes of one parent and hostname are merged, and their matches ordered: paths of type Exact, then PathPrefix, then
RegularExpression, each with the longest first; then by the conditions on method, headers and query; then by the age of the route. The
first one that matches takes precedence. Every request that meets this match also meets an earlier one.`,
	Fix: `Remove one of the two matches, or change its conditions.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  hostnames: [shop.example.com]
  rules:
  - matches: [{path: {value: /cart}}]
    backendRefs: [{name: cart, port: 80}]
  - matches: [{path: {value: /cart}}]
    backendRefs: [{name: cart-v2, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart-v2, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  hostnames: [shop.example.com]
  rules:
  - matches: [{path: {value: /cart}}]
    backendRefs: [{name: cart, port: 80}]
  - matches: [{path: {value: /cart}, headers: [{name: x-tester, value: "yes"}]}]
    backendRefs: [{name: cart-v2, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart-v2, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
`,
}, unusedRouteMatches)

// unusedRouteMatches reports matches that earlier ones cover for every parent and hostname.
func unusedRouteMatches(s *facts.Set, r *reporter) {
	used := map[facts.Place]bool{}
	instead := map[facts.Place]coveredMatch{}
	var order []facts.Place
	for _, rules := range s.Mesh.RouteRules() {
		index := facts.NewCoverage()
		for _, rule := range rules.HTTP {
			c := facts.RouteMatch(rule)
			earlier := index.Find(c)
			index.Add(c)
			if earlier == nil {
				used[c.Place] = true
			} else if _, known := instead[c.Place]; !known && earlier.Place != c.Place {
				instead[c.Place], order = coveredMatch{c, *earlier}, append(order, c.Place)
			}
		}
	}
	for _, at := range order {
		if !used[at] {
			instead[at].report(r)
		}
	}
}

// A coveredMatch is a match that gets no requests, and the one that gets them.
type coveredMatch struct{ match, earlier facts.HTTPMatch }

func (c coveredMatch) report(r *reporter) {
	of := c.earlier.Object
	if c.match.Covers(c.earlier) {
		r.at(c.match.Place, "no request uses this match: the same one of %s %s/%s takes precedence", of.KindName(), of.Namespace, of.Name).
			related(c.earlier.Place, "the same match")
		return
	}
	f := r.at(c.match.Place, "no request uses this match: one of %s %s/%s takes precedence and matches every such request, for example %s",
		of.KindName(), of.Namespace, of.Name, c.match.Example()).related(c.earlier.Place, "match that takes precedence")
	if c.match.Path.Kind == facts.Regex {
		f.help("write the path as type Exact or PathPrefix, or narrow the other match: Istio tries paths of type RegularExpression last")
	}
}

var _ = register(diag.Check{
	ID:       "SEM368",
	Title:    "Gateway API route sends plain HTTP to a TLS port",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `An HTTPRoute or GRPCRoute forwards decrypted requests as plain HTTP. The port of the backend has protocol HTTPS or TLS, and no
BackendTLSPolicy or DestinationRule encrypts: the server responds with 400 "the plain HTTP request was sent to HTTPS port", or resets the
connection.`,
	Fix: `Attach a BackendTLSPolicy to the backend, or use a port of protocol HTTP.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules: [{backendRefs: [{name: cart, port: 443}]}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: https, port: 443}]}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules: [{backendRefs: [{name: cart, port: 443}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: cart, namespace: shop}
spec:
  targetRefs: [{group: "", kind: Service, name: cart}]
  validation: {hostname: cart.example.com, wellKnownCACertificates: System}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: https, port: 443}]}
`,
}, func(s *facts.Set, r *reporter) {
	eachBackend(s, func(_ *routing.Rules, rule *routing.HTTPRule, to routing.Destination, svc *mesh.Service) {
		port := svc.Port(to.Port)
		if port == nil || !port.Protocol.IsTLS() {
			return
		}
		if policy := s.Client(to.At.Object.Namespace).DestinationRule(svc); policy != nil && encrypts(facts.TLSTowards(policy, "", port.Number)) {
			return
		}
		r.at(to.At.Sub("port"), "plain HTTP is sent to port %d of %q, which has protocol %s", port.Number, svc.Host, port.Protocol).
			related(facts.PortPlace(svc, port), "port declared here")
	})
})

// encrypts reports whether TLS settings encrypt.
func encrypts(tls facts.ClientTLS) bool {
	return tls.Settings != nil && tls.Settings.GetMode() != networking.ClientTLSSettings_DISABLE
}

var _ = register(diag.Check{
	ID:       "SEM369",
	Title:    "Gateway API route keeps the Host header for an external host",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	Why: `The proxy forwards the Host header of the request unchanged. The external server does not know the name: most servers respond with
404 or 421, or with the page of another site.`,
	Fix: `Add a filter URLRewrite with the host name of the external server.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: news, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: news}]
  rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: api.example.com, port: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: news, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: news, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: news}]
  rules:
  - filters: [{type: URLRewrite, urlRewrite: {hostname: api.example.com}}]
    backendRefs: [{group: networking.istio.io, kind: Hostname, name: api.example.com, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: news, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
`,
}, func(s *facts.Set, r *reporter) {
	eachBackend(s, func(rules *routing.Rules, rule *routing.HTTPRule, to routing.Destination, svc *mesh.Service) {
		host := rules.Hosts[0].Name
		if !svc.External || rule.Rewrite.Authority.IsSet() || facts.SetsHost(rule.Headers.Value) || facts.SetsHost(to.Headers) ||
			mesh.Covers(svc.Host, host) || mesh.Covers(host, svc.Host) {
			return
		}
		r.at(to.At, "the Host header is not rewritten: requests for %q reach the external host %q", strings.TrimSuffix(host, "."), to.Host).
			help("add a filter URLRewrite with hostname: %s", to.Host).
			related(facts.At(svc.Object, svc.Field), "external host registered here")
	})
})

// eachBackend calls do once for each backend of the rules of HTTPRoutes and GRPCRoutes whose service is known.
func eachBackend(s *facts.Set, do func(*routing.Rules, *routing.HTTPRule, routing.Destination, *mesh.Service)) {
	seen := map[facts.Place]bool{}
	for _, rules := range s.Mesh.RouteRules() {
		for _, rule := range rules.HTTP {
			for _, to := range rule.Destinations {
				services := s.Mesh.ServicesOf(to.Host)
				if len(services) == 0 || seen[to.At] || len(rules.Hosts) == 0 {
					continue
				}
				seen[to.At] = true
				do(rules, rule, to, services[0])
			}
		}
	}
}
