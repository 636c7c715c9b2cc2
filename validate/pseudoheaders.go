package validate

import (
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM292",
	Title:    "pseudo-header in a headers match",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `Current releases allow :method, :authority, :scheme and :path in a match of headers; releases around 1.24 reject them. Unlike uri, :path
includes the query.`,
	Fix: `Use method, authority, scheme, uri and queryParams, which every release supports.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  http:
  - match: [{headers: {":method": {exact: POST}}}]
    route: [{destination: {host: api.shop.svc.cluster.local}}]
  - route: [{destination: {host: read.shop.svc.cluster.local}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  http:
  - match: [{method: {exact: POST}}]
    route: [{destination: {host: api.shop.svc.cluster.local}}]
  - route: [{destination: {host: read.shop.svc.cluster.local}}]
`,
}, pseudoHeaders)

func pseudoHeaders(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			namesPseudo(r, at.Match(i, "headers"), m.GetHeaders())
			namesPseudo(r, at.Match(i, "withoutHeaders"), m.GetWithoutHeaders())
		}
	})
}

func namesPseudo(r *reporter, at facts.Place, headers map[string]*networking.StringMatch) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if strings.HasPrefix(name, ":") {
			f := r.at(at.Key(name), "%s is a pseudo-header, which some Istio releases reject here", name)
			f.At.Key = true
		}
	}
}
