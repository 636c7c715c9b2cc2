package validate

import (
	"maps"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM099",
	Title:    "match of a JWT claim outside gateways",
	Severity: diag.Error,
	Stage:    diag.NoStage,
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

func claimMatch(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		if facts.OnlyGateways(spec) {
			return
		}
		for i, route := range spec.Http {
			for j, m := range route.GetMatch() {
				at := facts.HTTPRule{Object: o, Index: i}
				claims(r, at.Match(j, "headers"), m.GetHeaders())
				claims(r, at.Match(j, "withoutHeaders"), m.GetWithoutHeaders())
			}
		}
	})
}

func claims(r *reporter, at facts.Place, headers map[string]*networking.StringMatch) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if facts.IsClaim(name) {
			r.at(at.Key(name), "%q is known to gateways only, and this VirtualService is for the mesh", name).rejected()
		}
	}
}
