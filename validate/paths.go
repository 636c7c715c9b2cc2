package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM225",
	Title:    "path match never matches",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why: `The proxy compares the path without its query: it begins with a slash and contains no "?" or "#". A value that contains one of these, or
begins otherwise, never matches.`,
	Fix: `Begin the value with a slash; match the query with queryParams and the host with authority.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {exact: "/search?lang=en"}}]
    route: [{destination: {host: english}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {exact: /search}, queryParams: {lang: {exact: en}}}]
    route: [{destination: {host: english}}]
  - route: [{destination: {host: web}}]
`,
}, impossiblePath)

func impossiblePath(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			text, field := m.GetUri().GetExact(), "uri.exact"
			if text == "" {
				text, field = m.GetUri().GetPrefix(), "uri.prefix"
			}
			p := at.Match(i, field)
			before, after, _ := strings.Cut(text, "?")
			switch {
			case text == "" || text == "*":
			case strings.Contains(text, "://"):
				r.at(p, "path %q never matches: a path has no scheme or host", text).help("match the path only; match the host with authority")
			case !strings.HasPrefix(text, "/"):
				r.at(p, "path %q never matches: a path begins with /", text).help("write /%s", text)
			case before != text:
				r.at(p, "path %q never matches: the path is compared without the query", text).help("match %s, and the query %q with queryParams", before, after)
			case strings.Contains(text, "#"):
				r.at(p, "path %q never matches: clients do not send fragments", text[strings.Index(text, "#"):]).
					help("remove the fragment")
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM224",
	Title:    "path prefix also matches longer words",
	Severity: diag.Info,
	Stage:    diag.AtRoute,
	When:     diag.Observed,
	Why:      `A prefix is compared as text, not by path segments: /pay also matches /payments.`,
	Fix:      `Match the path with exact, and paths below it with a prefix that ends in a slash.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /payments}}]
    route: [{destination: {host: payments}}]
  - match: [{uri: {prefix: /pay}}]
    route: [{destination: {host: pay}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {exact: /payments}}, {uri: {prefix: /payments/}}]
    route: [{destination: {host: payments}}]
  - match: [{uri: {exact: /pay}}, {uri: {prefix: /pay/}}]
    route: [{destination: {host: pay}}]
  - route: [{destination: {host: web}}]
`,
}, wordPrefix)

func wordPrefix(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, _ *networking.VirtualService) {
		longer := map[string]facts.HTTPMatch{} // by every text that the path continues in the middle of a word
		conditions := facts.HTTPMatches(o)
		for _, c := range conditions {
			for i := 2; c.Path.Kind != facts.Any && i < len(c.Path.Head()) && i < 256; i++ {
				if head := c.Path.Head(); head[i] != '/' && head[i-1] != '/' {
					longer[head[:i]] = c
				}
			}
		}
		for _, c := range conditions {
			sibling, ok := longer[c.Path.Text]
			if !ok || c.Path.Kind != facts.Prefix || sibling.Rule == c.Rule || c.Rule < sibling.Rule && c.Covers(sibling) {
				continue
			}
			r.at(c.Place, "prefix %q also matches %s", c.Path.Text, sibling.Path.Head()).
				help("match exact: %s and prefix: %s/", c.Path.Text, c.Path.Text).
				related(sibling.Place, "%s has its own match", sibling.Path.Head())
		}
	})
}
