package validate

import (
	"cmp"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"

	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM105",
	Title:    "subset is not defined",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Alone:    true,
	Why: `A subset is a separate cluster, defined by the DestinationRule that applies to the host. The applied DestinationRule does not define this
subset: the proxy responds with 503 (response flag NC).`,
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
		if elsewhere != nil || definedElsewhere(s, svc.Host, t.Subset) || rule == nil && len(s.Mesh.Objects("DestinationRule")) == 0 && s.Registry != facts.Closed {
			return
		}
		f := r.at(t.Sub("subset"), "subset %[2]q of %[1]q is not defined", svc.Host, t.Subset)
		if rule == nil {
			return
		}
		var names []string
		for _, sub := range rule.Subsets {
			names = append(names, sub.Name)
		}
		f.related(facts.At(rule.Object, "spec.subsets"), "the DestinationRule in effect defines %s", cmp.Or(strings.Join(names, ", "), "none"))
		if near := diag.Nearest(t.Subset, names); near != "" {
			f.help("did you mean %q?", near)
		}
	})
	unknownServiceSubset(s, r)
}

// definedElsewhere reports whether another world of the repository defines a subset of a host.
func definedElsewhere(s *facts.Set, host, subset string) bool {
	for o := range s.OtherWorlds("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		if s.FullHost(spec.GetHost(), o) == host && slices.ContainsFunc(spec.GetSubsets(), func(sub *networking.Subset) bool { return sub.GetName() == subset }) {
			return true
		}
	}
	return false
}

// unknownServiceSubset looks at destinations whose service the input does not hold. Where it holds DestinationRules of the host, and
// none defines the subset, the subset is wrong whatever the service is.
func unknownServiceSubset(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for _, t := range s.Routes.Destinations(o) {
			host := s.FullHost(t.Host, o)
			rules := s.DestinationRules.Of(host)
			if t.Subset == "" || len(rules) == 0 || len(s.Hosts.Services(host)) > 0 || s.DestinationRules.Defining(host, t.Subset) != nil || definedElsewhere(s, host, t.Subset) {
				continue
			}
			names := subsetsOf(rules)
			f := r.at(t.Sub("subset"), "subset %[2]q of %[1]q is not defined", host, t.Subset).
				related(facts.At(rules[0], "spec.subsets"), "the DestinationRule of the host defines %s", cmp.Or(strings.Join(names, ", "), "none"))
			if near := diag.Nearest(t.Subset, names); near != "" {
				f.help("did you mean %q?", near)
			}
		}
	}
}

// subsetsOf returns the names of the subsets of DestinationRules.
func subsetsOf(rules []*config.Object) []string {
	var names []string
	for _, o := range rules {
		for _, sub := range config.Spec[*networking.DestinationRule](o).GetSubsets() {
			names = append(names, sub.GetName())
		}
	}
	return names
}

var _ = register(diag.Check{
	ID:       "SEM106",
	Title:    "subset is defined in a DestinationRule that is not used",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `A client uses the DestinationRule of its own namespace, else of the service's namespace, else of the root namespace. This subset is
defined in another one, so its cluster does not exist for the client: the proxy responds with 503 (response flag NC).`,
	Fix: `Move the DestinationRule to the namespace of the service, or define the subset in the DestinationRule that the client uses.`,
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
		f := r.at(t.Sub("subset"), "subset %q of %q is defined only in %s, which does not apply to clients in namespace %s: requests receive 503",
			t.Subset, svc.Host, name(elsewhere), t.Object.Namespace).related(facts.At(elsewhere, "spec.host"), "defined here")
		for _, l := range s.Client(t.Object.Namespace).HiddenRules(svc) {
			if l.Object == elsewhere {
				f.Related[len(f.Related)-1].Note += ": " + l.Reason
			}
		}
		if rule == nil {
			f.help("move DestinationRule %s to namespace %s, where the service is", elsewhere.Name, svc.Namespace)
			return
		}
		f.help("define the subset in %s, which these clients use", name(rule.Object)).
			related(facts.At(rule.Object, "spec.host"), "this DestinationRule is used")
	})
}
