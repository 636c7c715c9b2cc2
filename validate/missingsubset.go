package validate

import (
	"cmp"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"

	networking "istio.io/api/networking/v1alpha3"
)

var _ = register(diag.Check{
	ID:       "SEM105",
	Title:    "route leads to a subset that no DestinationRule defines",
	Severity: diag.Error,
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

func missingSubset(s *Scope, r *reporter) {
	s.eachMissingSubset(func(t target, svc *mesh.Service, rule *mesh.DestinationRule, elsewhere *config.Object) {
		if elsewhere != nil || rule == nil && len(s.Mesh.Objects("DestinationRule")) == 0 && s.Registry != Closed {
			return
		}
		f := r.at(place{t.object, t.field + ".subset"}, "no DestinationRule for %q defines a subset %q", svc.Host, t.Subset)
		if rule == nil {
			return
		}
		var names []string
		for _, sub := range rule.Spec.GetSubsets() {
			names = append(names, sub.GetName())
		}
		f.related(place{rule.Host.Object, "spec.subsets"}, "the rule in force defines %s", cmp.Or(strings.Join(names, ", "), "none"))
		if near := diag.Nearest(t.Subset, names); near != "" {
			f.help("did you mean %q?", near)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM106",
	Title:    "subset is defined only in a DestinationRule that is not in force",
	Severity: diag.Error,
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

func unusedRuleSubset(s *Scope, r *reporter) {
	s.eachMissingSubset(func(t target, svc *mesh.Service, rule *mesh.DestinationRule, elsewhere *config.Object) {
		if elsewhere == nil || unexported(elsewhere, svc, t.object.Namespace) {
			return
		}
		f := r.at(place{t.object, t.field + ".subset"}, "subset %q of %q is defined only in %s, which clients in namespace %s do not use",
			t.Subset, svc.Host, name(elsewhere), t.object.Namespace).related(place{elsewhere, "spec.host"}, "it is defined here")
		for _, l := range s.client(t.object.Namespace).HiddenRules(svc) {
			if l.Object == elsewhere {
				f.Related[len(f.Related)-1].Note += ": " + l.Reason
			}
		}
		if rule != nil {
			f.related(place{rule.Host.Object, "spec.host"}, "this rule is in force")
		}
	})
}

// eachMissingSubset calls do for every destination whose subset the rule in force (nil for none) lacks, with another rule
// that has it, if there is one.
func (s *Scope) eachMissingSubset(do func(t target, svc *mesh.Service, rule *mesh.DestinationRule, elsewhere *config.Object)) {
	s.eachTarget(func(t target, svc *mesh.Service) {
		if t.Subset == "" {
			return
		}
		rule := s.client(t.object.Namespace).DestinationRule(svc)
		if rule != nil {
			if _, ok := rule.Subsets[t.Subset]; ok {
				return
			}
		}
		do(t, svc, rule, s.definer(svc.Host, t.Subset))
	})
}

// definer returns a DestinationRule, in force or not, that defines a subset of a host.
func (s *Scope) definer(host, subset string) *config.Object {
	for _, o := range s.rulesFor(host) {
		for _, sub := range config.Spec[*networking.DestinationRule](o).GetSubsets() {
			if sub.GetName() == subset {
				return o
			}
		}
	}
	return nil
}
