package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM152",
	Title:    "DestinationRule for one host drops the TLS of a wildcard",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	Why: `DestinationRules do not inherit: a client uses only the one with the most specific host. The wildcard DestinationRule sets TLS; for this
host it does not apply. (Automatic mutual TLS is not affected.)`,
	Fix: `Repeat the tls block.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec:
  host: "*.shop.svc.cluster.local"
  trafficPolicy: {tls: {mode: DISABLE}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec:
  host: "*.shop.svc.cluster.local"
  trafficPolicy: {tls: {mode: DISABLE}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {tls: {mode: DISABLE}}
  subsets: [{name: v1, labels: {version: v1}}]
`,
	Aliases: []string{"KIA0204"},
}, uninheritedTLS)

func uninheritedTLS(s *facts.Set, r *reporter) {
	eachNarrower(s, func(narrow, wide *config.Object) {
		if slices.Contains(missingBlocks(s, wide, narrow), "tls") {
			r.at(facts.At(narrow, "spec.host"), "the tls settings of %s do not apply to %q: its own DestinationRule sets no tls", name(wide), config.Spec[*networking.DestinationRule](narrow).GetHost()).
				related(facts.At(wide, "spec.trafficPolicy.tls"), "these settings are not inherited")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM170",
	Title:    "DestinationRule for one host drops the policies of a wildcard",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `DestinationRules do not inherit: a client uses only the one with the most specific host. Settings of the wildcard DestinationRule that
this one does not repeat are reset to defaults.`,
	Fix: `Repeat the settings that should apply to this host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec:
  host: "*.shop.svc.cluster.local"
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: shop}
spec:
  host: "*.shop.svc.cluster.local"
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    connectionPool: {tcp: {maxConnections: 20}}
    loadBalancer: {simple: ROUND_ROBIN}
`,
	Aliases: []string{"KIA0204"},
}, uninherited)

func uninherited(s *facts.Set, r *reporter) {
	eachNarrower(s, func(narrow, wide *config.Object) {
		lost := slices.DeleteFunc(missingBlocks(s, wide, narrow), func(b string) bool { return b == "tls" })
		if len(lost) > 0 {
			r.at(facts.At(narrow, "spec.host"), "%s of %s does not apply to %q: this DestinationRule is more specific", strings.Join(lost, " and "), name(wide), config.Spec[*networking.DestinationRule](narrow).GetHost()).
				help("repeat %s here if it should apply", strings.Join(lost, " and ")).
				related(facts.At(wide, "spec.trafficPolicy"), "these settings are not inherited")
		}
	})
}

// eachNarrower calls do for every DestinationRule that takes the place of one for a wildcard host: the closest of its namespace,
// else of the root namespace.
func eachNarrower(s *facts.Set, do func(narrow, wide *config.Object)) {
	for _, o := range s.WantedObjects("DestinationRule") {
		host := s.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)
		if s.DestinationRules.FirstIn(o.Namespace, host) != o || config.Spec[*networking.DestinationRule](o).GetWorkloadSelector() != nil {
			continue
		}
		for _, ns := range []string{o.Namespace, s.Mesh.Settings.Config.GetRootNamespace()} {
			if wide := facts.ClosestWildcard(s.DestinationRules.Wildcards(ns), host); wide != nil {
				do(o, wide)
				break
			}
		}
	}
}

// missingBlocks names the policies that one rule sets and another one does not set in any way. Mutual TLS of the mesh does not
// count where it is automatic.
func missingBlocks(s *facts.Set, wide, narrow *config.Object) []string {
	from := united(s, wide).HostPolicy()
	if from == nil {
		return nil
	}
	in := united(s, narrow).Policies()
	automatic := from.TLS.Value.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL && s.Mesh.Settings.Config.GetEnableAutoMtls().GetValue()
	var blocks []string
	for _, b := range []struct {
		name string
		has  func(*trafficpolicy.Policy) bool
		set  bool
	}{
		{"connectionPool", func(p *trafficpolicy.Policy) bool { return p.ConnectionPool.IsSet() }, from.ConnectionPool.IsSet()},
		{"loadBalancer", func(p *trafficpolicy.Policy) bool { return p.LoadBalancer.IsSet() }, from.LoadBalancer.IsSet()},
		{"outlierDetection", func(p *trafficpolicy.Policy) bool { return p.OutlierDetection.IsSet() }, from.OutlierDetection.IsSet()},
		{"tls", func(p *trafficpolicy.Policy) bool { return p.TLS.IsSet() }, from.TLS.IsSet() && !automatic},
	} {
		if b.set && !slices.ContainsFunc(in, b.has) {
			blocks = append(blocks, b.name)
		}
	}
	return blocks
}

var _ = register(diag.Check{
	ID:       "SEM171",
	Title:    "DestinationRule of the client's namespace hides the service's",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `A client uses the DestinationRule of its own namespace, and that of the service's namespace only if there is none for the host. They are
not merged: policies and subsets of the hidden one do not exist for clients of this namespace.`,
	Fix: `Repeat the settings of the other DestinationRule, or remove this one.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews.prod.svc.cluster.local
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: prod}
spec:
  host: reviews
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews.prod.svc.cluster.local
  trafficPolicy:
    loadBalancer: {simple: ROUND_ROBIN}
    outlierDetection: {consecutive5xxErrors: 3}
`,
}, hidesServiceRule)

func hidesServiceRule(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("DestinationRule") {
		host := s.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)
		svc := s.Client(o.Namespace).Service(host)
		if svc == nil || svc.Namespace == o.Namespace || len(s.DestinationRules.Of(host)) < 2 || s.DestinationRules.FirstIn(o.Namespace, host) != o || !s.Inhabited(o.Namespace) {
			continue
		}
		hidden := s.DestinationRules.FirstIn(svc.Namespace, host)
		if hidden == nil || config.Spec[*networking.DestinationRule](hidden).GetWorkloadSelector() != nil || !exported(hidden, o.Namespace) {
			continue
		}
		if lost := append(missingBlocks(s, hidden, o), missingSubsets(s, hidden, o)...); len(lost) > 0 {
			r.at(facts.At(o, "spec.host"), "clients in namespace %s lose %s of %s, which this DestinationRule hides", o.Namespace, strings.Join(lost, " and "), name(hidden)).
				related(facts.At(hidden, "spec.host"), "DestinationRule in the service's namespace")
		}
	}
}

// united returns what the DestinationRules of a rule's host and namespace come to.
func united(s *facts.Set, o *config.Object) *mesh.DestinationRule {
	host := s.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)
	if len(s.DestinationRules.Of(host)) > 1 {
		rule := s.Client(o.Namespace).DestinationRule(&mesh.Service{Host: host, Namespace: o.Namespace})
		if rule != nil && slices.Contains(rule.From, o) {
			return rule
		}
	}
	return trafficpolicy.ReadRule(o, config.Spec[*networking.DestinationRule](o), host)
}

// missingSubsets names the subsets that one rule defines and another one does not.
func missingSubsets(s *facts.Set, from, in *config.Object) []string {
	var lost []string
	for _, sub := range united(s, from).Subsets {
		if united(s, in).Subset(sub.Name) == nil {
			lost = append(lost, "subset "+sub.Name)
		}
	}
	return lost
}

// exported reports whether exportTo lets clients of another namespace use a DestinationRule.
func exported(o *config.Object, namespace string) bool {
	to := config.Spec[*networking.DestinationRule](o).GetExportTo()
	return len(to) == 0 || slices.Contains(to, "*") || slices.Contains(to, namespace)
}
