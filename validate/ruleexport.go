package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM182",
	Title:    "subset is in a rule that is not exported to its users",
	Severity: diag.Error,
	Why: `The rule stands in the namespace of the service, where clients of every namespace would find it, but its exportTo leaves out this one.
For its clients the subset does not exist: they get 503.`,
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

func unexportedSubset(s *Scope, r *reporter) {
	s.eachMissingSubset(func(t target, svc *mesh.Service, _ *mesh.DestinationRule, elsewhere *config.Object) {
		if elsewhere == nil || !unexported(elsewhere, svc, t.object.Namespace) {
			return
		}
		r.at(place{t.object, t.field + ".subset"}, "%s, which defines subset %q of %q, is not exported to namespace %s", name(elsewhere), t.Subset, svc.Host, t.object.Namespace).
			help("add %s to its exportTo", t.object.Namespace).related(place{elsewhere, "spec.exportTo"}, "it is exported to these namespaces only")
	})
}

// unexported says whether it is only its exportTo that keeps a rule of the service's namespace from clients of another.
func unexported(rule *config.Object, svc *mesh.Service, namespace string) bool {
	to := config.Spec[*networking.DestinationRule](rule).GetExportTo()
	return rule.Namespace == svc.Namespace && len(to) > 0 && rule.Namespace != namespace && !slices.Contains(to, "*") && !slices.Contains(to, namespace)
}
