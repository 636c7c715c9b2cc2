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
	Title:    "DestinationRules of one host are merged: one loses its policy",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `Only the subsets of DestinationRules of one host in one namespace are merged: the trafficPolicy is that of the older DestinationRule. The
other trafficPolicy, including its portLevelSettings, is dropped; of two subsets with the same name, the older takes precedence.`,
	Fix: `Write one DestinationRule for the host.`,
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
	eachRivalRule(s, func(rule *mesh.DestinationRule, l config.Ignored) {
		if l.Field == "spec.host" || unchanged(rule, l) {
			return
		}
		r.at(facts.At(l.Object, l.Field), "%s is ignored: %s", strings.TrimPrefix(l.Field, "spec."), l.Reason).
			related(facts.At(rule.Object, "spec.host"), "merged into this DestinationRule%s", elder(rule.Object, l.Object))
	})
}

// unchanged reports whether what was dropped says the same as what is in force.
func unchanged(rule *mesh.DestinationRule, l config.Ignored) bool {
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
	Title:    "DestinationRules of one host differ in exportTo",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `DestinationRules of one host in one namespace are merged only if exportTo is equal. Otherwise a client uses one of them, without the
subsets and policies of the other.`,
	Fix: `Set the same exportTo in both, or write one DestinationRule for the host.`,
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
	eachRivalRule(s, func(rule *mesh.DestinationRule, l config.Ignored) {
		spec := config.Spec[*networking.DestinationRule](l.Object)
		if l.Field != "spec.host" || !strings.Contains(l.Reason, "exportTo") || spec.GetWorkloadSelector() != nil {
			return
		}
		r.at(facts.At(l.Object, "spec.exportTo"), "clients in namespace %s do not use this DestinationRule: %s", l.Object.Namespace, l.Reason).
			related(facts.At(rule.Object, "spec.exportTo"), "this DestinationRule is used")
	})
}

// eachRivalRule calls do for what several DestinationRules of one host and namespace lose to one another, as clients of that
// namespace see it.
func eachRivalRule(s *facts.Set, do func(*mesh.DestinationRule, config.Ignored)) {
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
