package validate

import (
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM099",
	Title:    "match of a JWT claim outside gateways",
	Severity: diag.Error,
	Why:      `Only gateways route by the claims of a token (@request.auth.claims). On sidecars there is nothing to match, so Istio rejects the document.`,
	Fix:      `Bind the VirtualService to gateways only, without mesh.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{headers: {"@request.auth.claims.group": {exact: beta}}}]
    route: [{destination: {host: reviews}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  gateways: [edge]
  http:
  - match: [{headers: {"@request.auth.claims.group": {exact: beta}}}]
    route: [{destination: {host: reviews}}]
`,
}, claimMatch)

func claimMatch(s *Scope, r *reporter) {
	each(s, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		if onlyGateways(spec) {
			return
		}
		for i, route := range spec.Http {
			for j, m := range route.GetMatch() {
				at := source.Index(source.Index("spec.http", i)+".match", j)
				claims(r, place{o, at + ".headers"}, m.GetHeaders())
				claims(r, place{o, at + ".withoutHeaders"}, m.GetWithoutHeaders())
			}
		}
	})
}

func claims(r *reporter, at place, headers map[string]*networking.StringMatch) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if isClaim(name) {
			r.at(place{at.object, source.Join(at.field, name)}, "%q is known to gateways only, and this VirtualService is for the mesh", name).rejected()
		}
	}
}

// isClaim says whether the name of a header stands for a claim of a JWT: @request.auth.claims.name or @request.auth.claims[name].
func isClaim(name string) bool {
	const prefix = "@request.auth.claims"
	if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return false
	}
	claim := name[len(prefix):]
	return strings.HasPrefix(claim, ".") && len(claim) > 1 || strings.HasPrefix(claim, "[") && strings.HasSuffix(claim, "]") && len(claim) > 2
}
