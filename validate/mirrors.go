package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM237",
	Title:    "mirror repeats its route",
	Severity: diag.Warning,
	Stage:    diag.AtMirror,
	Why: `A mirror sends a copy of the request. If it leads to the same host, subset and port as the route, the service receives and processes each
request twice.`,
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

func selfMirror(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		repeats := func(d *networking.Destination, mirror facts.Place) {
			for i, to := range rule.GetRoute() {
				t := to.GetDestination()
				if d != nil && s.FullHost(d.GetHost(), at.Object) == s.FullHost(t.GetHost(), at.Object) && d.GetSubset() == t.GetSubset() &&
					d.GetPort().GetNumber() == t.GetPort().GetNumber() {
					r.at(mirror, "the mirror has the same destination as the route: each request arrives twice").
						related(at.At("route").Item(i), "route destination")
				}
			}
		}
		repeats(rule.GetMirror(), at.At("mirror"))
		for i, m := range rule.GetMirrors() {
			repeats(m.GetDestination(), at.At("mirrors").Item(i).Sub("destination"))
		}
	})
}
