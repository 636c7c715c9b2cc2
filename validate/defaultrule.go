package validate

import (
	"fmt"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM235",
	Title:    "VirtualService without a default route",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why: `The routes of a VirtualService replace the default route of the host. For a request that no route matches, the client's proxy responds
with 404.`,
	Fix: `End with a route without match that leads to the service itself.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: web}}]
    timeout: 5s
  - route: [{destination: {host: web}}]
`,
}, noDefaultRule)

func noDefaultRule(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		if !facts.IsBoundTo(o, mesh.MeshGateway) {
			continue // several VirtualServices share a host of a gateway
		}
		for _, svc := range s.Routes.ServicesOf(o) {
			if !inForce(s, o, svc) {
				continue
			}
			rules := sidecarConditions(o)
			if port := unruledPort(svc, rules); port != nil && len(rules) > 0 {
				r.at(facts.At(o, "spec.http"), "no default route for %q on port %d: other requests receive 404%s", svc.Host, port.Number, instance(rules)).
					help("%s", defaultRouteAdvice(o, svc))
				break
			}
		}
	}
}

// defaultRouteAdvice returns which route to add: one to the service, and for sidecars only where gateways have the routes as well.
func defaultRouteAdvice(o *config.Object, svc *mesh.Service) string {
	if len(facts.GatewaysOf(o)) > 1 {
		return fmt.Sprintf("add a last route to %q for sidecars: match: [{gateways: [mesh]}]", svc.Host)
	}
	return fmt.Sprintf("add a last route without match to %q", svc.Host)
}

// inForce reports whether clients of the namespace of a VirtualService use it for a host.
func inForce(s *facts.Set, o *config.Object, svc *mesh.Service) bool {
	return slices.ContainsFunc(s.Client(o.Namespace).Egress, func(l *mesh.EgressListener) bool {
		v := l.VirtualService(svc.Host)
		return v != nil && v.Object == o
	})
}

// sidecarConditions returns the matches that decide on requests of ordinary clients. Rules for chosen clients do not count: a
// client for which none are left has the default route.
func sidecarConditions(o *config.Object) []facts.HTTPMatch {
	return slices.DeleteFunc(facts.HTTPMatches(o), func(c facts.HTTPMatch) bool {
		return !slices.Contains(c.Gateways, mesh.MeshGateway) || c.AnyGateway && (len(c.Labels) > 0 || c.Namespace != "")
	})
}

// unruledPort returns an HTTP port of which some requests meet no condition, as far as single conditions tell, or nil.
func unruledPort(svc *mesh.Service, rules []facts.HTTPMatch) *mesh.Port {
	for _, p := range svc.Ports {
		if !p.Protocol.IsHTTP() {
			continue
		}
		concerned, whole := false, false
		for _, c := range rules {
			if c.Port == 0 || c.Port == p.Number {
				concerned = true
				c.Port, c.Gateways, c.AnyGateway = 0, nil, true
				whole = whole || c.Delegated || c.MatchesAll()
			}
		}
		if concerned && !whole {
			return p
		}
	}
	return nil
}

// instance words a request that meets no condition, or says nothing.
func instance(rules []facts.HTTPMatch) string {
	for _, path := range []string{"/", "/other"} {
		request := facts.HTTPMatch{Path: facts.StringMatch{Kind: facts.Exact, Text: path}, Method: facts.StringMatch{Kind: facts.Exact, Text: "GET"}}
		if !slices.ContainsFunc(rules, func(c facts.HTTPMatch) bool {
			c.Port, c.Gateways, c.AnyGateway, c.Without = 0, nil, true, nil
			return c.Covers(request)
		}) {
			return ", for example GET " + path
		}
	}
	return ""
}
