package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM182",
	Title:    "subset is in a DestinationRule that clients do not see",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `The DestinationRule is in the namespace of the service, but its exportTo excludes the namespace of these clients. For them the subset does
not exist: they receive 503.`,
	Fix: `Add the namespace to exportTo.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: prod}
spec:
  host: web
  exportTo: ["."]
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.prod.svc.cluster.local]
  http: [{route: [{destination: {host: web.prod.svc.cluster.local, subset: v1}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: prod}
spec:
  host: web
  exportTo: [".", shop]
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.prod.svc.cluster.local]
  http: [{route: [{destination: {host: web.prod.svc.cluster.local, subset: v1}}]}]
`,
}, unexportedSubset)

func unexportedSubset(s *facts.Set, r *reporter) {
	s.DestinationRules.EachMissingSubset(func(t facts.Destination, svc *mesh.Service, _ *mesh.DestinationRule, elsewhere *config.Object) {
		if elsewhere == nil || !facts.NotExported(elsewhere, svc, t.Object.Namespace) {
			return
		}
		r.at(t.Sub("subset"), "%s, which defines subset %q of %q, is not exported to namespace %s", name(elsewhere), t.Subset, svc.Host, t.Object.Namespace).
			help("add %s to its exportTo", t.Object.Namespace).related(facts.At(elsewhere, "spec.exportTo"), "exported to these namespaces only")
	})
}
