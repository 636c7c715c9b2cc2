package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM235",
	Title:    "no rule for the rest of the requests",
	Severity: diag.Warning,
	Why: `Rules for a host replace its default route. A request that meets none of the matches is answered 404 by the client's proxy; it does
not go to the service.`,
	Fix: `End with a rule that has no match and leads to the service itself.`,
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

func noDefaultRule(s *Scope, r *reporter) {
	for _, o := range s.subjects("VirtualService") {
		if !boundTo(o, mesh.MeshGateway) {
			continue // several VirtualServices share a host of a gateway
		}
		for _, svc := range s.ruledHosts(o) {
			if !s.inForce(o, svc) {
				continue
			}
			rules := sidecarConditions(o)
			if port := unruledPort(svc, rules); port != nil && len(rules) > 0 {
				r.at(place{o, "spec.http"}, "requests for %q on port %d that meet no match are answered 404%s", svc.Host, port.Number, instance(rules)).
					help("add a last rule without match that leads to %q", config.Spec[*networking.VirtualService](o).GetHosts()[0])
				break
			}
		}
	}
}

// inForce says whether clients of the namespace of a VirtualService use it for a host.
func (s *Scope) inForce(o *config.Object, svc *mesh.Service) bool {
	return slices.ContainsFunc(s.client(o.Namespace).Egress, func(l *mesh.EgressListener) bool {
		v := l.VirtualService(svc.Host)
		return v != nil && v.Object == o
	})
}

// sidecarConditions returns the matches that decide on requests of ordinary clients. Rules for chosen clients do not count: a
// client for which none are left has the default route.
func sidecarConditions(o *config.Object) []condition {
	return slices.DeleteFunc(conditionsOf(o), func(c condition) bool {
		return !slices.Contains(c.gateways, mesh.MeshGateway) || c.anyGateway && (len(c.labels) > 0 || c.namespace != "")
	})
}

// unruledPort returns an HTTP port of which some requests meet no condition, as far as single conditions tell, or nil.
func unruledPort(svc *mesh.Service, rules []condition) *mesh.Port {
	for _, p := range svc.Ports {
		if !p.Protocol.IsHTTP() {
			continue
		}
		concerned, whole := false, false
		for _, c := range rules {
			if c.port == 0 || c.port == p.Number {
				concerned = true
				c.port, c.gateways, c.anyGateway = 0, nil, true
				whole = whole || c.delegated || c.everything()
			}
		}
		if concerned && !whole {
			return p
		}
	}
	return nil
}

// instance words a request that meets no condition, or says nothing.
func instance(rules []condition) string {
	for _, path := range []string{"/", "/other"} {
		request := condition{path: pattern{kind: wholeText, text: path}, method: pattern{kind: wholeText, text: "GET"}}
		if !slices.ContainsFunc(rules, func(c condition) bool {
			c.port, c.gateways, c.anyGateway, c.without = 0, nil, true, nil
			return c.covers(request)
		}) {
			return ", for instance GET " + path
		}
	}
	return ""
}
