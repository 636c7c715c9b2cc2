package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM315",
	Title:    "delegate replaces what the root sets",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	Why: `A route of a delegate that has fault, mirror, mirrors, headers, rewrite or corsPolicy uses its field alone: the field of the root's route is
not added to it. Every route of this delegate has it, so what the root sets is never used.`,
	Fix: `Write both parts in the delegate, or remove the field from one of the two.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    headers: {request: {set: {x-tenant: shop}}}
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - headers: {response: {set: {x-served-by: reviews}}}
    route: [{destination: {host: reviews}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    headers: {request: {set: {x-tenant: shop}}}
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - timeout: 3s
    route: [{destination: {host: reviews}}]
`,
}, replacedByDelegate)

func replacedByDelegate(s *facts.Set, r *reporter) {
	s.Routes.EachDelegation(s.WantedObjects("VirtualService"), func(d facts.Delegation) {
		if d.To == nil || d.Dropped != "" {
			return
		}
		routes := config.Spec[*networking.VirtualService](d.To).GetHttp()
		rule := facts.Place{Object: d.Object, Field: strings.TrimSuffix(d.Field, ".delegate")}
		for _, f := range inherited {
			if len(routes) == 0 || !f.set(ruleAt(rule)) || slices.ContainsFunc(routes, func(route *networking.HTTPRoute) bool { return !f.set(route) }) {
				continue
			}
			r.at(rule.Sub(f.name), "%s is not used: every route of the delegate %s has its own %s, which replaces it", f.name, d.Name, f.name).
				related(facts.At(d.To, "spec.http").Item(0).Sub(f.name), "used instead")
		}
	})
}

// ruleAt returns the rule of a VirtualService at a place.
func ruleAt(p facts.Place) *networking.HTTPRoute {
	for i, rule := range config.Spec[*networking.VirtualService](p.Object).GetHttp() {
		if facts.At(p.Object, "spec.http").Item(i) == p {
			return rule
		}
	}
	return nil
}

// inherited are the fields that a route of a delegate takes from the root where it does not have them.
var inherited = []struct {
	name string
	set  func(*networking.HTTPRoute) bool
}{
	{"fault", func(h *networking.HTTPRoute) bool { return h.GetFault() != nil }},
	{"mirror", func(h *networking.HTTPRoute) bool { return h.GetMirror() != nil }},
	{"mirrors", func(h *networking.HTTPRoute) bool { return len(h.GetMirrors()) > 0 }},
	{"headers", func(h *networking.HTTPRoute) bool { return h.GetHeaders() != nil }},
	{"rewrite", func(h *networking.HTTPRoute) bool { return h.GetRewrite() != nil }},
	{"corsPolicy", func(h *networking.HTTPRoute) bool { return h.GetCorsPolicy() != nil }},
}
