package validate

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM304",
	Title:    "policy names a namespace that does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `The input contains the Namespaces of the cluster, but not this one. No client has an identity of this namespace: an ALLOW rule
allows nobody, and a DENY rule denies nobody.`,
	Fix: `Correct the namespace.`,
	Wrong: `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: frontend}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - from: [{source: {namespaces: [fronted]}}]
`,
	Right: `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: frontend}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - from: [{source: {namespaces: [frontend]}}]
`,
	Aliases: []string{"IST0101", "KIA0101"},
}, policyNamespace)

func policyNamespace(s *facts.Set, r *reporter) {
	known := s.Namespaces()
	facts.EachPolicyValue(s.Documents, func(v facts.PolicyValue) {
		if ns := unknownNamespace(s, known, v); ns != "" {
			f := r.at(v.Place, "no namespace matches %q", ns)
			if !strings.Contains(ns, "*") {
				f.Message = fmt.Sprintf("namespace %q does not exist", ns)
			}
			if near := diag.Nearest(ns, known); near != "" {
				f.help("did you mean %q?", near)
			}
		}
	})
}

// unknownNamespace returns the namespace that a value names and that does not exist, or "". The input has to hold the Namespace
// object of the policy itself: then it seems to hold them all.
func unknownNamespace(s *facts.Set, known []string, v facts.PolicyValue) string {
	ns, _ := v.Identity(s.Mesh.Settings.Config.GetTrustDomain())
	if ns == "" || s.Registry != facts.Closed && s.Mesh.Object("Namespace", "", v.Object.Namespace) == nil ||
		slices.ContainsFunc(known, func(have string) bool { return matchesText(ns, have) }) {
		return ""
	}
	return ns
}

// matchesText reports whether a value of a policy, which may begin or end with *, matches a text.
func matchesText(value, text string) bool {
	if rest, ok := strings.CutSuffix(value, "*"); ok {
		return strings.HasPrefix(text, rest)
	}
	if rest, ok := strings.CutPrefix(value, "*"); ok {
		return strings.HasSuffix(text, rest)
	}
	return value == text
}

var _ = register(diag.Check{
	ID:       "SEM305",
	Title:    "policy names a service account that does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `The input contains service accounts of this namespace, but not this one, and no workload there uses it. No client has this identity: an
ALLOW rule allows nobody, and a DENY rule denies nobody.`,
	Fix: `Correct the service account.`,
	Wrong: `
apiVersion: v1
kind: ServiceAccount
metadata: {name: frontend, namespace: shop}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/fronted]}}]
`,
	Right: `
apiVersion: v1
kind: ServiceAccount
metadata: {name: frontend, namespace: shop}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/frontend]}}]
`,
	Aliases: []string{"KIA0106"},
}, policyAccount)

func policyAccount(s *facts.Set, r *reporter) {
	facts.EachPolicyValue(s.Documents, func(v facts.PolicyValue) {
		ns, account := v.Identity(s.Mesh.Settings.Config.GetTrustDomain())
		if account == "" || account == "default" || !s.Holds("ServiceAccount", ns) {
			return
		}
		known := accounts(s, ns)
		if slices.ContainsFunc(known, func(have string) bool { return matchesText(account, have) }) {
			return
		}
		f := r.at(v.Place, "namespace %s has no service account %q", ns, account)
		near := diag.Nearest(account, known)
		if near != "" {
			f.help("did you mean %q?", near)
		}
		f.infoUnless(near != "" || s.Complete(ns, "ServiceAccount"))
	})
}

// accounts returns the service accounts of a namespace: those of the input, and those that its workloads use.
func accounts(s *facts.Set, namespace string) []string {
	names := []string{"default"}
	for _, o := range s.Mesh.Objects("ServiceAccount") {
		if o.Namespace == namespace {
			names = append(names, o.Name)
		}
	}
	for _, w := range s.Workloads.Selected(namespace, nil) {
		switch spec := w.Spec.(type) {
		case *config.Pod:
			names = append(names, spec.Spec.ServiceAccountName)
		case *config.Workload:
			names = append(names, spec.Spec.Template.Spec.ServiceAccountName)
		}
	}
	return names
}

var _ = register(diag.Check{
	ID:       "SEM306",
	Title:    "policy names a host that does not exist",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `The host looks like the name of a Kubernetes Service, but its namespace has no such Service. No request carries this host: an ALLOW rule
allows no request, and a DENY rule denies none.`,
	Fix: `Correct the host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {hosts: [reviewz.shop.svc.cluster.local]}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {hosts: [reviews.shop.svc.cluster.local]}}]
`,
	Aliases: []string{"KIA0104"},
}, policyHost)

func policyHost(s *facts.Set, r *reporter) {
	facts.EachPolicyValue(s.Documents, func(v facts.PolicyValue) {
		if v.Field != "hosts" || strings.Contains(v.Text, "*") {
			return
		}
		host := serviceHost(s, v.Text)
		if _, inCluster := s.Hosts.NamespaceOf(host); !inCluster || s.Hosts.Presence(host) != facts.Absent {
			return
		}
		f := r.at(v.Place, "no Service has the host %q, so no request carries it", v.Text)
		if near := s.Hosts.Nearest(host); near != "" {
			f.help("did you mean %q?", near)
		}
		f.infoUnless(s.Hosts.Complete(host))
	})
}

// serviceHost returns the full name of a Service that a client of the cluster may write as name.namespace or name.namespace.svc, where
// the input holds the namespace. Another host is returned as it is.
func serviceHost(s *facts.Set, host string) string {
	name, namespace, ok := strings.Cut(strings.TrimSuffix(host, ".svc"), ".")
	if !ok || s.Mesh.Object("Namespace", "", namespace) == nil {
		return host
	}
	return mesh.FullHost(name, namespace, s.Mesh.Settings.Domain)
}
