package validate

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM168",
	Title:    "two DestinationRules of one host, of which one loses its policy",
	Severity: diag.Warning,
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

func lostPolicy(s *Scope, r *reporter) {
	s.eachRivalRule(func(rule *mesh.DestinationRule, l mesh.Loser) {
		if l.Field == "spec.host" || unchanged(rule, l) {
			return
		}
		r.at(place{l.Object, l.Field}, "%s is dropped: %s", strings.TrimPrefix(l.Field, "spec."), l.Reason).
			related(place{rule.Host.Object, "spec.host"}, "rules of this host are united here%s", elder(rule.Host.Object, l.Object))
	})
}

// unchanged says whether what was dropped says the same as what is in force.
func unchanged(rule *mesh.DestinationRule, l mesh.Loser) bool {
	lost := config.Spec[*networking.DestinationRule](l.Object)
	if l.Field == "spec.trafficPolicy" {
		return proto.Equal(lost.GetTrafficPolicy(), rule.Spec.GetTrafficPolicy())
	}
	for i, sub := range lost.GetSubsets() {
		if l.Field != fmt.Sprintf("spec.subsets[%d]", i) {
			continue
		}
		for _, used := range rule.Spec.GetSubsets() {
			if used.GetName() == sub.GetName() {
				return proto.Equal(used, sub)
			}
		}
	}
	return false
}

var _ = register(diag.Check{
	ID:       "SEM169",
	Title:    "two DestinationRules of one host are exported differently",
	Severity: diag.Warning,
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

func otherAudience(s *Scope, r *reporter) {
	s.eachRivalRule(func(rule *mesh.DestinationRule, l mesh.Loser) {
		spec := config.Spec[*networking.DestinationRule](l.Object)
		if l.Field != "spec.host" || !strings.Contains(l.Reason, "exportTo") || spec.GetWorkloadSelector() != nil {
			return
		}
		r.at(place{l.Object, "spec.exportTo"}, "clients in namespace %s do not use this rule: %s", l.Object.Namespace, l.Reason).
			related(place{rule.Host.Object, "spec.exportTo"}, "this rule is used")
	})
}

// eachRivalRule calls do for what several DestinationRules of one host and namespace lose to one another, as clients of that
// namespace see it.
func (s *Scope) eachRivalRule(do func(*mesh.DestinationRule, mesh.Loser)) {
	met := map[*config.Object]bool{} // the oldest of several, for all of them
	for _, o := range s.subjects("DestinationRule") {
		host := s.full(config.Spec[*networking.DestinationRule](o).GetHost(), o)
		first := s.firstIn(o.Namespace, host)
		if met[first] || len(s.rulesFor(host)) < 2 {
			continue
		}
		met[first] = true
		rule := s.client(o.Namespace).DestinationRule(&mesh.Service{Host: host, Namespace: o.Namespace})
		if rule == nil || rule.Spec.GetHost() != host {
			continue
		}
		for _, l := range rule.Hidden {
			if l.Object.Namespace == o.Namespace && s.full(config.Spec[*networking.DestinationRule](l.Object).GetHost(), l.Object) == host {
				do(rule, l)
			}
		}
	}
}

// firstIn returns the oldest DestinationRule of a host in a namespace.
func (s *Scope) firstIn(namespace, host string) *config.Object {
	for _, o := range s.rulesFor(host) {
		if o.Namespace == namespace {
			return o
		}
	}
	return nil
}
