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
	Title:    "JWT claim match outside gateways",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Only gateways can match JWT claims (@request.auth.claims). Istio rejects the VirtualService for sidecars.`,
	Fix:      `Bind the VirtualService to gateways only; remove mesh.`,
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
			r.at(at.Key(name), "%q works on gateways only, and this VirtualService applies to sidecars", name).rejected()
		}
	}
}
