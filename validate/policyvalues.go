package validate

import (
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM301",
	Title:    "principal that no client has",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Alone:    true,
	Fixable:  true,
	Why: `A principal is written without its scheme: trust-domain/ns/namespace/sa/service-account. Istio adds spiffe:// itself, so a value that has
it never matches a client, nor does a name without slashes: an ALLOW rule allows nobody, and a DENY rule denies nobody.`,
	Fix: `Remove spiffe:// from the value, or write the whole principal.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - from: [{source: {principals: ["spiffe://cluster.local/ns/shop/sa/web"]}}]
`,
	Right: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - from: [{source: {principals: ["cluster.local/ns/shop/sa/web"]}}]
`,
	Aliases: []string{"KIA0106"},
}, principalScheme)

func principalScheme(s *facts.Set, r *reporter) {
	facts.EachPolicyValue(s.Documents, func(v facts.PolicyValue) {
		if bare, ok := strings.CutPrefix(v.Text, "spiffe://"); ok && (v.Field == "principals" || v.Field == "source.principal") {
			found := r.at(v.Place, "%q matches no client: a principal is written without spiffe://", v.Text).help("write %s", bare)
			if bare != "" && bare != "*" { // any client is more than anybody asks for by mistake
				found.fix(diag.Set(v.Source(), source.Text(bare)))
			}
		} else if (v.Field == "principals" || v.Field == "source.principal") && v.Text != "" && !strings.ContainsAny(v.Text, "/*") {
			r.at(v.Place, "%q matches no client: a principal is trust-domain/ns/namespace/sa/service-account", v.Text).
				help("write the whole principal, or match any trust domain with */ns/namespace/sa/service-account")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM302",
	Title:    "method never matches",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Fixable:  true,
	Why: `Methods are compared as written, and clients send them in upper case. A method in lower case matches no request, and one with a space or
another character that is not allowed in a method cannot exist: an ALLOW rule allows nobody, and a DENY rule denies nothing.`,
	Fix: `Write the method in upper case.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {methods: [get]}}]
`,
	Right: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {methods: [GET]}}]
`,
	Aliases: []string{"KIA0102"},
}, impossibleMethod)

// methods are those that clients use, besides ones that applications make up.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}

// methodToken is what a method looks like (RFC 9110, token), with the wildcard of a policy.
var methodToken = lazy.Regexp("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func impossibleMethod(s *facts.Set, r *reporter) {
	facts.EachPolicyValue(s.Documents, func(v facts.PolicyValue) {
		if v.Field == "methods" {
			reportMethod(r, v.Place, v.Text)
		}
	})
}

func reportMethod(r *reporter, at facts.Place, method string) {
	upper := strings.ToUpper(method)
	switch {
	case !methodToken().MatchString(method):
		r.at(at, "method %q never matches: a method has no spaces, slashes or brackets", method).
			help("write a method such as GET; list several as separate items")
	case method != upper && slices.Contains(methods, upper):
		r.at(at, "method %q never matches: methods are case-sensitive", method).help("use %q", upper).fix(diag.Set(at.Source(), source.Text(upper)))
	}
}
