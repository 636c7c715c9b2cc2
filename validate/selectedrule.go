package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM172",
	Title:    "DestinationRule with a workloadSelector hides subsets",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `Workloads that a DestinationRule's workloadSelector matches use only that DestinationRule for its host. It is not merged with the general
one, even of the same host and namespace. A route to a subset that only the other one defines leads to a cluster that does not exist: 503
(response flag NC).`,
	Fix: `Repeat the subsets in the DestinationRule with the workloadSelector.`,
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

func selectedRule(s *facts.Set, r *reporter) {
	routes := subsetRoutes(s)
	for _, o := range s.WantedObjects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		host := s.FullHost(spec.GetHost(), o)
		labels := spec.GetWorkloadSelector().GetMatchLabels()
		if len(labels) == 0 || len(routes[host]) == 0 {
			continue
		}
		view := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: o.Namespace, Labels: labels, Name: "client"})
		for _, t := range routes[host] {
			if hidesSubset(s, view, o, t) {
				r.at(facts.At(o, "spec.workloadSelector"), "this DestinationRule hides subset %q of %q from the workloads that it selects", t.Subset, host).
					related(facts.At(s.DestinationRules.Defining(host, t.Subset), "spec.subsets"), "defined here").
					related(t.HostPlace(), "route to the subset")
				break
			}
		}
	}
}

// subsetRoutes returns, by host, the destinations with a subset to which rules lead sidecars.
func subsetRoutes(s *facts.Set) map[string][]facts.Destination {
	routes := map[string][]facts.Destination{}
	for _, o := range s.Mesh.Objects("VirtualService") {
		for _, t := range s.Routes.Destinations(o) {
			if t.Subset != "" && t.FromSidecars() {
				host := s.FullHost(t.Host, o)
				routes[host] = append(routes[host], t)
			}
		}
	}
	return routes
}

// hidesSubset reports whether a rule keeps a subset from a proxy that ordinary workloads of its namespace find, where the proxy goes by
// the route.
func hidesSubset(s *facts.Set, view *mesh.View, rule *config.Object, t facts.Destination) bool {
	svc := view.Service(s.FullHost(t.Host, t.Object))
	seen := slices.ContainsFunc(view.VirtualServices(mesh.MeshGateway), func(v *mesh.VirtualService) bool { return v.Object == t.Object })
	if svc == nil || !seen {
		return false
	}
	used, usual := view.DestinationRule(svc), s.Client(rule.Namespace).DestinationRule(svc)
	if used == nil || usual == nil || used.Object != rule && !slices.Contains(used.From, rule) {
		return false
	}
	return usual.Subset(t.Subset) != nil && used.Subset(t.Subset) == nil
}
