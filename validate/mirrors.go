package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM237",
	Title:    "mirror repeats its own route",
	Severity: diag.Warning,
	Why: `A mirror sends a copy of the request. Where it leads to the same host, subset and port as the route, the service gets each request
twice, and what it does twice with it is real.`,
	Fix: `Mirror to another subset or host.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - route: [{destination: {host: web}}]
    mirror: {host: web}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - route: [{destination: {host: web}}]
    mirror: {host: web-next}
`,
}, selfMirror)

func selfMirror(s *Scope, r *reporter) {
	eachHTTPRule(s, func(at httpRule, rule *networking.HTTPRoute) {
		repeats := func(d *networking.Destination, field string) {
			for i, to := range rule.GetRoute() {
				t := to.GetDestination()
				if d != nil && s.full(d.GetHost(), at.object) == s.full(t.GetHost(), at.object) && d.GetSubset() == t.GetSubset() &&
					d.GetPort().GetNumber() == t.GetPort().GetNumber() {
					r.at(at.at(field), "the mirror leads to where the rule sends its requests already: each arrives twice").
						related(place{at.object, source.Index(at.at("route").field, i)}, "the rule sends them here")
				}
			}
		}
		repeats(rule.GetMirror(), "mirror")
		for i, m := range rule.GetMirrors() {
			repeats(m.GetDestination(), source.Index("mirrors", i)+".destination")
		}
	})
}
