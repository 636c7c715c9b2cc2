package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM172",
	Title:    "DestinationRule for selected workloads hides subsets from them",
	Severity: diag.Error,
	Why: `Workloads that a DestinationRule's workloadSelector picks use that rule for its host, alone. It is not united with the rule for
everybody else, even of the same host and namespace. A route to a subset that only the other rule defines leads these workloads to a
cluster that does not exist: 503 with the flag NC.`,
	Fix: `Repeat the subsets in the rule with the workloadSelector.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: shop}
spec: {selector: {app: ratings}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ratings, namespace: shop}
spec:
  host: ratings
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ratings-from-web, namespace: shop}
spec:
  host: ratings
  workloadSelector: {matchLabels: {app: web}}
  trafficPolicy: {loadBalancer: {simple: RANDOM}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ratings, namespace: shop}
spec:
  hosts: [ratings]
  http: [{route: [{destination: {host: ratings, subset: v1}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: shop}
spec: {selector: {app: ratings}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ratings, namespace: shop}
spec:
  host: ratings
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ratings-from-web, namespace: shop}
spec:
  host: ratings
  workloadSelector: {matchLabels: {app: web}}
  trafficPolicy: {loadBalancer: {simple: RANDOM}}
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ratings, namespace: shop}
spec:
  hosts: [ratings]
  http: [{route: [{destination: {host: ratings, subset: v1}}]}]
`,
}, selectedRule)

func selectedRule(s *Scope, r *reporter) {
	routes := s.subsetRoutes()
	for _, o := range s.subjects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		host := s.full(spec.GetHost(), o)
		labels := spec.GetWorkloadSelector().GetMatchLabels()
		if len(labels) == 0 || len(routes[host]) == 0 {
			continue
		}
		view := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: o.Namespace, Labels: labels, Name: "client"})
		for _, t := range routes[host] {
			if s.hidesSubset(view, o, t) {
				r.at(place{o, "spec.workloadSelector"}, "for the workloads that it selects this rule hides subset %q of %q", t.Subset, host).
					related(place{s.definer(host, t.Subset), "spec.subsets"}, "it is defined here").
					related(t.host(), "this route leads there")
				break
			}
		}
	}
}

// subsetRoutes returns, by host, the destinations with a subset to which rules lead sidecars.
func (s *Scope) subsetRoutes() map[string][]target {
	routes := map[string][]target{}
	for _, o := range s.Mesh.Objects("VirtualService") {
		for _, t := range s.targets(o) {
			if t.Subset != "" && t.fromSidecars() {
				host := s.full(t.Host, o)
				routes[host] = append(routes[host], t)
			}
		}
	}
	return routes
}

// hidesSubset says whether a rule keeps a subset from a proxy that ordinary workloads of its namespace find, where the proxy goes by
// the route.
func (s *Scope) hidesSubset(view *mesh.View, rule *config.Object, t target) bool {
	svc := view.Service(s.full(t.Host, t.object))
	seen := slices.ContainsFunc(view.VirtualServices(mesh.MeshGateway), func(v *mesh.VirtualService) bool { return v.Object == t.object })
	if svc == nil || !seen {
		return false
	}
	used, usual := view.DestinationRule(svc), s.client(rule.Namespace).DestinationRule(svc)
	if used == nil || usual == nil || used.Host.Object != rule && !slices.Contains(used.From, rule) {
		return false
	}
	_, here := used.Subsets[t.Subset]
	_, there := usual.Subsets[t.Subset]
	return there && !here
}
