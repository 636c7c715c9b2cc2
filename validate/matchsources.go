package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM229",
	Title:    "match of a gateway forgets the source",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
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

func forgottenSource(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			if len(m.GetGateways()) == 0 {
				continue
			}
			forgotten := func(field string) {
				r.at(at.Match(i, field), "%s is not looked at, for the match names gateways", field).
					related(at.Match(i, "gateways"), "the gateways stand here")
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
	Stage:    diag.NoStage,
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

func strangeSource(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			if len(m.GetSourceLabels()) == 0 || len(m.GetGateways()) > 0 {
				continue
			}
			p := at.Match(i, "sourceLabels")
			switch {
			case !slices.Contains(facts.GatewaysOf(at.Object), mesh.MeshGateway):
				r.at(p, "the rules are for gateways, so these labels are compared with those of the gateway itself, not of its callers").
					related(facts.At(at.Object, "spec.gateways"), "the rules are bound here")
			case s.HoldsKind("Pod") && len(s.Workloads.Labelled(m.GetSourceNamespace(), m.GetSourceLabels())) == 0:
				r.at(p, "no workload of the input has the labels %s", facts.SelectorText(m.GetSourceLabels()))
			}
		}
	})
}
