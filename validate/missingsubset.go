package validate

import (
	"cmp"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"

	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM105",
	Title:    "route leads to a subset that no DestinationRule defines",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `A subset is a cluster of its own, made from the DestinationRule that is in force for the host. No rule defines this one, so the
route names a cluster that does not exist: the proxy answers 503 with the flag NC.`,
	Fix: `Correct the name, or define the subset in the DestinationRule of the host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, subset: v9}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, subset: v1}}]
`,
	Aliases: []string{"IST0101", "KIA1107"},
}, missingSubset)

func missingSubset(s *facts.Set, r *reporter) {
	s.DestinationRules.EachMissingSubset(func(t facts.Destination, svc *mesh.Service, rule *mesh.DestinationRule, elsewhere *config.Object) {
		if elsewhere != nil || rule == nil && len(s.Mesh.Objects("DestinationRule")) == 0 && s.Registry != facts.Closed {
			return
		}
		f := r.at(t.Sub("subset"), "no DestinationRule for %q defines a subset %q", svc.Host, t.Subset)
		if rule == nil {
			return
		}
		var names []string
		for _, sub := range rule.Subsets {
			names = append(names, sub.Name)
		}
		f.related(facts.At(rule.Object, "spec.subsets"), "the rule in force defines %s", cmp.Or(strings.Join(names, ", "), "none"))
		if near := diag.Nearest(t.Subset, names); near != "" {
			f.help("did you mean %q?", near)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM106",
	Title:    "subset is defined only in a DestinationRule that is not in force",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `A client takes the DestinationRule of its own namespace, else that of the service's namespace, else that of the root namespace,
and no other. The subset is defined, but in a rule that this client never uses; its cluster does not exist, and the proxy
answers 503 with the flag NC.`,
	Fix: `Move the rule to the namespace of the client or of the service, or define the subset in the rule that is in force.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: other, namespace: elsewhere}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: elsewhere}
spec:
  host: reviews.shop.svc.cluster.local
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, subset: v1}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews, subset: v1}}]
`,
}, unusedRuleSubset)

func unusedRuleSubset(s *facts.Set, r *reporter) {
	s.DestinationRules.EachMissingSubset(func(t facts.Destination, svc *mesh.Service, rule *mesh.DestinationRule, elsewhere *config.Object) {
		if elsewhere == nil || facts.NotExported(elsewhere, svc, t.Object.Namespace) {
			return
		}
		f := r.at(t.Sub("subset"), "subset %q of %q is defined only in %s, which clients in namespace %s do not use",
			t.Subset, svc.Host, name(elsewhere), t.Object.Namespace).related(facts.At(elsewhere, "spec.host"), "it is defined here")
		for _, l := range s.Client(t.Object.Namespace).HiddenRules(svc) {
			if l.Object == elsewhere {
				f.Related[len(f.Related)-1].Note += ": " + l.Reason
			}
		}
		if rule != nil {
			f.related(facts.At(rule.Object, "spec.host"), "this rule is in force")
		}
	})
}
