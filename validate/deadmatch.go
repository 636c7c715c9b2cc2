package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM277",
	Title:    "condition never matches or has no effect",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Methods and schemes are case-sensitive: clients send GET and http, not get or HTTP. ignoreUriCase applies to exact and prefix matches of
uri only; in a regex, use (?i). Istio accepts the resource.`,
	Fix: `Write methods in upper case and schemes in lower case; begin a case-insensitive regex with (?i).`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{match: [{method: {exact: get}}], route: [{destination: {host: reviews}}]}, {route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{match: [{method: {exact: GET}}], route: [{destination: {host: reviews}}]}, {route: [{destination: {host: reviews}}]}]
`,
}, deadMatch)

func deadMatch(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			wrongCase(r, at.Match(i, "method"), m.GetMethod(), strings.ToUpper)
			wrongCase(r, at.Match(i, "scheme"), m.GetScheme(), strings.ToLower)
			if _, regex := m.GetUri().GetMatchType().(*networking.StringMatch_Regex); m.GetIgnoreUriCase() && (regex || m.Uri == nil) {
				r.at(at.Match(i, "ignoreUriCase"), "ignoreUriCase has no effect without an exact or prefix match of uri").
					help("remove ignoreUriCase; begin a regex with (?i) to ignore the case")
			}
		}
	})
}

// wrongCase reports a text that requests write in another case.
func wrongCase(r *reporter, at facts.Place, m *networking.StringMatch, written func(string) string) {
	what := at.Field[strings.LastIndexByte(at.Field, '.')+1:]
	for _, f := range []struct{ field, value string }{{"exact", m.GetExact()}, {"prefix", m.GetPrefix()}} {
		if f.value != written(f.value) {
			r.at(facts.At(at.Object, at.Field+"."+f.field), "%s %q never matches: %[1]ss are case-sensitive", what, f.value).help("use %q", written(f.value))
		}
	}
}
