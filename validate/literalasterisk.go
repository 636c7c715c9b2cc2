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
	ID:       "SEM312",
	Title:    "asterisk in an exact or prefix match",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `exact and prefix compare text: an asterisk in them is a character, not a wildcard. The match applies only to requests that contain an
asterisk at this place.`,
	Fix: `Use a prefix without the asterisk, or regex.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: "/api/*"}}]
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: web}}]
`,
}, literalAsterisk)

func literalAsterisk(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			reportAsterisk(r, at.Match(i, "uri"), m.GetUri())
			reportAsterisk(r, at.Match(i, "authority"), m.GetAuthority())
			for _, named := range []struct {
				field  string
				values map[string]*networking.StringMatch
			}{{"headers", m.GetHeaders()}, {"withoutHeaders", m.GetWithoutHeaders()}, {"queryParams", m.GetQueryParams()}} {
				for _, name := range slices.Sorted(maps.Keys(named.values)) {
					reportAsterisk(r, at.Match(i, named.field).Key(name), named.values[name])
				}
			}
		}
	})
}

// reportAsterisk looks at one condition. The path of "OPTIONS *" and the media range of an Accept header hold an asterisk by right.
func reportAsterisk(r *reporter, at facts.Place, m *networking.StringMatch) {
	field, text := "exact", m.GetExact()
	if m.GetPrefix() != "" {
		field, text = "prefix", m.GetPrefix()
	}
	if !strings.Contains(text, "*") || text == "*" && field == "exact" && strings.HasSuffix(at.Field, "uri") || strings.Contains(text, "/*,") || strings.HasSuffix(strings.ToLower(at.Field), "accept") {
		return
	}
	f := r.at(at.Sub(field), "%q matches only values with the character *: it is not a wildcard in %s", text, field)
	if bare, ok := strings.CutSuffix(text, "*"); ok && bare != "" && !strings.Contains(bare, "*") {
		f.help("write prefix: %s", bare)
	} else if field == "exact" && text == "*" {
		f.help("write regex: .*, or {} for any value")
	}
}
