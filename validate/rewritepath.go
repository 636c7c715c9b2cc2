package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM226",
	Title:    "rewritten path is malformed or loses parts",
	Severity: diag.Warning,
	Stage:    diag.AtRewrite,
	When:     diag.Observed,
	Why: `The rewrite replaces the text that the match covers and keeps the rest. If only one of prefix and rewrite ends with a slash, the new path
has a slash too many or too few. Without a uri match only the first slash is replaced. A path matched by a regex is replaced as a whole.`,
	Fix: `End both the prefix and the rewrite with a slash, or neither; use rewrite.uriRegexRewrite to keep parts of a path that a regex matches.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /api}}]
    rewrite: {uri: /}
    route: [{destination: {host: api}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /api/}}]
    rewrite: {uri: /}
    route: [{destination: {host: api}}]
  - route: [{destination: {host: web}}]
`,
}, rewrittenPath)

func rewrittenPath(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		to := rule.GetRewrite().GetUri()
		if to == "" {
			return
		}
		var prefixes []string
		for _, m := range rule.GetMatch() {
			prefixes = append(prefixes, m.GetUri().GetPrefix())
		}
		for _, c := range at.Matches() {
			if f, ok := reportRewrite(r, at.At("rewrite.uri"), to, c, prefixes); ok {
				f.related(c.Place, "for requests that meet this match")
				return
			}
		}
	})
}

// reportRewrite tells what happens to the paths of one match if it is odd. Prefixes are those of the rule's other matches: two that
// differ by the final slash only are the way to write it.
func reportRewrite(r *reporter, at facts.Place, to string, c facts.HTTPMatch, prefixes []string) (finding, bool) {
	from := c.Path.Text
	if c.Path.Kind == facts.Any {
		from = "/"
	}
	path, result := rewritten(from, to)
	switch {
	case c.Regex != "":
		return r.at(at, "every path that matches %q is replaced by %s as a whole", c.Regex, to).
			help("use rewrite.uriRegexRewrite to keep parts of the path").severity(diag.Info), true
	case c.Path.Kind == facts.Exact || strings.HasSuffix(from, "/") == strings.HasSuffix(to, "/"):
		return finding{}, false
	case strings.HasSuffix(from, "/"):
		return r.at(at, "path %s is rewritten to %s", path, result).help("write %s/", to), true
	case slices.Contains(prefixes, from+"/"):
		return finding{}, false
	}
	f := r.at(at, "path %s is rewritten to %s", path, result).help("match the prefix %s/", from)
	if to != "/" {
		f.help("write %s", strings.TrimSuffix(to, "/"))
	}
	return f, true
}

// rewritten returns a path below a prefix, and what happens to it.
func rewritten(from, to string) (path, result string) {
	rest := "/items"
	if strings.HasSuffix(from, "/") {
		rest = "items"
	}
	return from + rest, to + rest
}
