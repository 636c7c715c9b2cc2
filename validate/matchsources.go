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
	Title:    "source conditions are ignored when gateways is set",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A match with gateways is evaluated for gateways only; sourceLabels and sourceNamespace in it are ignored, even if one of the gateways is
mesh.`,
	Fix: `Write two matches, one with the gateways and one with the source.`,
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
				r.at(at.Match(i, field), "%s is ignored: the same match sets gateways", field).
					related(at.Match(i, "gateways"), "gateways")
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
	Title:    "sourceLabels that no client has",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `istiod evaluates sourceLabels when it generates the configuration of a client, against the labels of that client's workload. If no
workload has these labels, no client uses the route. On a gateway, they are compared with the labels of the gateway, not of its clients.`,
	Fix: `Use labels that the client Pods have.`,
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
				r.at(p, "sourceLabels are compared with the labels of the gateway itself, not of its clients").
					related(facts.At(at.Object, "spec.gateways"), "gateways")
			case s.HoldsKind("Pod") && m.GetSourceLabels()[facts.ClusterLabel] == "" && len(s.Workloads.Labelled(m.GetSourceNamespace(), m.GetSourceLabels())) == 0:
				r.at(p, "no workload in the input has the labels %s", facts.SelectorText(m.GetSourceLabels()))
			}
		}
	})
}
