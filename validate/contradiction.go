package validate

import (
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM310",
	Title:    "condition of a policy contradicts itself",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A source or an operation matches what all its fields match. Here each value of a field is excluded by the field of the same name with not:
nothing is left, and a DENY rule denies nobody.`,
	Fix: `Remove one of the two fields, or write the exception as a policy with the other action.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: DENY
  rules:
  - to: [{operation: {ports: ["8080"], methods: [DELETE], notMethods: [DELETE, PUT]}}]
`,
	Right: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: DENY
  rules:
  - to: [{operation: {ports: ["8080"], methods: [DELETE], notMethods: [PUT]}}]
`,
}, contradiction)

func contradiction(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "AuthorizationPolicy", func(o *config.Object, spec *security.AuthorizationPolicy) {
		for i, rule := range spec.GetRules() {
			at := facts.At(o, "spec.rules").Item(i)
			for j, f := range rule.GetFrom() {
				contradicted(r, at.Sub("from").Item(j).Sub("source"), sourcePairs(f.GetSource()))
			}
			for j, t := range rule.GetTo() {
				contradicted(r, at.Sub("to").Item(j).Sub("operation"), operationPairs(t.GetOperation()))
			}
			for j, c := range rule.GetWhen() {
				contradicted(r, at.Sub("when").Item(j), []fieldPair{{"values", "notValues", c.GetValues(), c.GetNotValues()}})
			}
		}
	})
}

// A fieldPair is a field of a policy and the one that excludes values of it.
type fieldPair struct {
	name, notName string
	values, not   []string
}

func sourcePairs(f *security.Source) []fieldPair {
	return []fieldPair{
		{"principals", "notPrincipals", f.GetPrincipals(), f.GetNotPrincipals()},
		{"requestPrincipals", "notRequestPrincipals", f.GetRequestPrincipals(), f.GetNotRequestPrincipals()},
		{"namespaces", "notNamespaces", f.GetNamespaces(), f.GetNotNamespaces()},
		{"ipBlocks", "notIpBlocks", f.GetIpBlocks(), f.GetNotIpBlocks()},
		{"remoteIpBlocks", "notRemoteIpBlocks", f.GetRemoteIpBlocks(), f.GetNotRemoteIpBlocks()},
	}
}

func operationPairs(t *security.Operation) []fieldPair {
	return []fieldPair{
		{"hosts", "notHosts", t.GetHosts(), t.GetNotHosts()}, {"ports", "notPorts", t.GetPorts(), t.GetNotPorts()},
		{"methods", "notMethods", t.GetMethods(), t.GetNotMethods()}, {"paths", "notPaths", t.GetPaths(), t.GetNotPaths()},
	}
}

// contradicted reports a field of which every value is excluded. An equal value excludes, and so does a lone asterisk.
func contradicted(r *reporter, at facts.Place, pairs []fieldPair) {
	for _, p := range pairs {
		left := slices.ContainsFunc(p.values, func(v string) bool { return !slices.Contains(p.not, v) && !slices.Contains(p.not, "*") })
		if len(p.values) > 0 && len(p.not) > 0 && !left {
			r.at(at.Sub(p.name), "nothing matches: %s excludes every value of %s", p.notName, p.name).related(at.Sub(p.notName), "excluded here")
		}
	}
}
