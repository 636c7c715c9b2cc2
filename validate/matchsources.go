package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM229",
	Title:    "match of a gateway forgets the source",
	Severity: diag.Warning,
	Why: `A match that names gateways is taken by the gateways alone: sourceLabels and sourceNamespace next to them are not looked at, also
where one of the gateways is mesh.`,
	Fix: `Write two rules, one with the gateways and one with the source.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  gateways: [mesh, edge]
  http:
  - match: [{gateways: [mesh], sourceLabels: {app: cart}}]
    route: [{destination: {host: web-next}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  gateways: [mesh, edge]
  http:
  - match: [{sourceLabels: {app: cart}}]
    route: [{destination: {host: web-next}}]
  - route: [{destination: {host: web}}]
`,
}, forgottenSource)

func forgottenSource(s *Scope, r *reporter) {
	eachHTTPRule(s, func(at httpRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			if len(m.GetGateways()) == 0 {
				continue
			}
			forgotten := func(field string) {
				r.at(at.match(i, field), "%s is not looked at, for the match names gateways", field).
					related(at.match(i, "gateways"), "the gateways stand here")
			}
			if len(m.GetSourceLabels()) > 0 {
				forgotten("sourceLabels")
			}
			if m.GetSourceNamespace() != "" {
				forgotten("sourceNamespace")
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM230",
	Title:    "match of source labels that no client has",
	Severity: diag.Warning,
	Why: `The rules are chosen when the configuration of a client is made, by the labels of its own workload. Where no workload has the labels
nobody gets the rule; on a gateway it is the gateway's labels that count, not those of whoever calls it.`,
	Fix: `Write labels that the Pods of the clients have.`,
	Wrong: `
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
status: {podIP: 10.0.0.1}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{sourceLabels: {app: card}}]
    route: [{destination: {host: web-next}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
status: {podIP: 10.0.0.1}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{sourceLabels: {app: cart}}]
    route: [{destination: {host: web-next}}]
  - route: [{destination: {host: web}}]
`,
}, strangeSource)

func strangeSource(s *Scope, r *reporter) {
	eachHTTPRule(s, func(at httpRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			if len(m.GetSourceLabels()) == 0 || len(m.GetGateways()) > 0 {
				continue
			}
			p := at.match(i, "sourceLabels")
			switch {
			case !slices.Contains(gatewaysOf(at.object), mesh.MeshGateway):
				r.at(p, "the rules are for gateways, so these labels are compared with those of the gateway itself, not of its callers").
					related(place{at.object, "spec.gateways"}, "the rules are bound here")
			case s.holdsKind("Pod") && len(s.workloads(m.GetSourceNamespace(), m.GetSourceLabels())) == 0:
				r.at(p, "no workload of the input has the labels %s", words(m.GetSourceLabels()))
			}
		}
	})
}

// words writes labels in the order of their names.
func words(labels map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, fmt.Sprintf("%s=%s", name, labels[name]))
	}
	return strings.Join(all, ",")
}
