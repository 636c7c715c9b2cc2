package validate

import (
	"strings"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM381",
	Title:    "asterisk of a policy that is not a wildcard",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A value of a policy has one wildcard: an asterisk at its beginning or at its end. Every other asterisk is compared as a character, so the
value matches no request that a client sends: an ALLOW rule allows nothing, and a DENY rule denies nothing.`,
	Fix: `Keep one asterisk at the beginning or the end, or list the values. A path may have {*} for a segment and {**} for several.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {paths: ["/api/*/reviews"]}}]
`,
	Right: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {paths: ["/api/{*}/reviews"]}}]
`,
	Aliases: []string{"KIA0106"},
}, policyAsterisk)

func policyAsterisk(s *facts.Set, r *reporter) {
	facts.EachPolicyValue(s.Documents, func(v facts.PolicyValue) {
		text, wild := strings.CutPrefix(v.Text, "*")
		if !wild {
			text = strings.TrimSuffix(text, "*")
		}
		if !comparesAsText(v) || !strings.Contains(text, "*") {
			return
		}
		r.at(v.Place, "%q matches only values with the character *: one at the beginning or at the end is the wildcard", v.Text)
	})
}

// comparesAsText reports whether a value is text with a wildcard: namespaces allow several, and a path may be a template.
func comparesAsText(v facts.PolicyValue) bool {
	switch v.Field {
	case "principals", "requestPrincipals", "hosts", "methods", "source.principal", "connection.sni":
		return true
	case "paths":
		return !strings.Contains(v.Text, "{")
	}
	return strings.HasPrefix(v.Field, "request.headers[")
}
