package validate

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM168",
	Title:    "two DestinationRules of one host, of which one loses its policy",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `Rules of one host in one namespace are united, but only their subsets are: the trafficPolicy is that of the older rule, as a
whole. That of the other, with its portLevelSettings, is dropped, and of two subsets of one name the older's counts.`,
	Fix: `Write one rule for the host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: shop}
spec:
  host: reviews.shop.svc.cluster.local
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {simple: ROUND_ROBIN}
    connectionPool: {tcp: {maxConnections: 10}}
`,
	Aliases: []string{"KIA0201"},
}, lostPolicy)

func lostPolicy(s *facts.Set, r *reporter) {
	eachRivalRule(s, func(rule *mesh.DestinationRule, l mesh.Loser) {
		if l.Field == "spec.host" || unchanged(rule, l) {
			return
		}
		r.at(facts.At(l.Object, l.Field), "%s is dropped: %s", strings.TrimPrefix(l.Field, "spec."), l.Reason).
			related(facts.At(rule.Object, "spec.host"), "rules of this host are united here%s", elder(rule.Object, l.Object))
	})
}

// unchanged reports whether what was dropped says the same as what is in force.
func unchanged(rule *mesh.DestinationRule, l mesh.Loser) bool {
	lost := config.Spec[*networking.DestinationRule](l.Object)
	if l.Field == "spec.trafficPolicy" {
		return proto.Equal(lost.GetTrafficPolicy(), config.Spec[*networking.DestinationRule](rule.Object).GetTrafficPolicy())
	}
	for i, sub := range lost.GetSubsets() {
		if l.Field != fmt.Sprintf("spec.subsets[%d]", i) {
			continue
		}
		return proto.Equal(subsetIn(rule.Subset(sub.GetName()).At.Object, sub.GetName()), sub)
	}
	return false
}

// subsetIn is the first subset of a name that a DestinationRule writes.
func subsetIn(o *config.Object, name string) *networking.Subset {
	for _, sub := range config.Spec[*networking.DestinationRule](o).GetSubsets() {
		if sub.GetName() == name {
			return sub
		}
	}
	return nil
}

var _ = register(diag.Check{
	ID:       "SEM169",
	Title:    "two DestinationRules of one host are exported differently",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `Rules of one host in one namespace are united only where they are exported to the same namespaces. These are not: a client uses
one of them, and the subsets and policies of the other do not exist for it.`,
	Fix: `Write the same exportTo in both, or one rule for the host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec:
  host: reviews
  exportTo: [web]
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: shop}
spec:
  host: reviews
  exportTo: [".", back]
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: c, namespace: shop}
spec:
  host: reviews
  exportTo: [".", web]
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
`,
}, otherAudience)

func otherAudience(s *facts.Set, r *reporter) {
	eachRivalRule(s, func(rule *mesh.DestinationRule, l mesh.Loser) {
		spec := config.Spec[*networking.DestinationRule](l.Object)
		if l.Field != "spec.host" || !strings.Contains(l.Reason, "exportTo") || spec.GetWorkloadSelector() != nil {
			return
		}
		r.at(facts.At(l.Object, "spec.exportTo"), "clients in namespace %s do not use this rule: %s", l.Object.Namespace, l.Reason).
			related(facts.At(rule.Object, "spec.exportTo"), "this rule is used")
	})
}

// eachRivalRule calls do for what several DestinationRules of one host and namespace lose to one another, as clients of that
// namespace see it.
func eachRivalRule(s *facts.Set, do func(*mesh.DestinationRule, mesh.Loser)) {
	met := map[*config.Object]bool{} // the oldest of several, for all of them
	for _, o := range s.WantedObjects("DestinationRule") {
		host := s.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)
		first := s.DestinationRules.FirstIn(o.Namespace, host)
		if met[first] || len(s.DestinationRules.Of(host)) < 2 {
			continue
		}
		met[first] = true
		rule := s.Client(o.Namespace).DestinationRule(&mesh.Service{Host: host, Namespace: o.Namespace})
		if rule == nil || rule.Host != host {
			continue
		}
		for _, l := range rule.Ignored {
			if l.Object.Namespace == o.Namespace && s.FullHost(config.Spec[*networking.DestinationRule](l.Object).GetHost(), l.Object) == host {
				do(rule, l)
			}
		}
	}
}
