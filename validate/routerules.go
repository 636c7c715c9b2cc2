package validate

import (
	"time"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM342",
	Title:    "rule of a Gateway API route is contradictory",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `A filter that replaces a path prefix needs exactly one match in its rule, of type PathPrefix. timeouts.backendRequest must not be longer
than timeouts.request. An HTTPRoute or GRPCRoute has at most 128 matches. The API server rejects other routes.`,
	Fix: `Write a separate rule for each prefix.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{path: {type: Exact, value: /cart}}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{path: {type: PathPrefix, value: /cart}}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
`,
}, routeRules)

// mostMatches is how many matches a route may have.
const mostMatches = 128

func routeRules(s *facts.Set, r *reporter) {
	for _, o := range s.Objects {
		if o.Doc == nil || o.Kind != facts.GatewayAPI+"/HTTPRoute" && o.Kind != facts.GatewayAPI+"/GRPCRoute" {
			continue
		}
		rules, matches := o.Doc.Tree().Get("spec").Get("rules"), 0
		if rules == nil {
			continue
		}
		for i, rule := range rules.Items {
			at := source.Index("spec.rules", i)
			if list := rule.Get("matches"); list != nil {
				matches += len(list.Items)
			}
			prefixReplacements(r, o, at, rule, rule.Get("filters"), source.Join(at, "filters"))
			if backends := rule.Get("backendRefs"); backends != nil {
				for j, b := range backends.Items {
					prefixReplacements(r, o, at, rule, b.Get("filters"), source.Join(source.Index(source.Join(at, "backendRefs"), j), "filters"))
				}
			}
			longTry(r, o, at, rule.Get("timeouts"))
		}
		if matches > mostMatches {
			r.at(facts.At(o, "spec.rules"), "the rules have %d matches; a route can have at most %d", matches, mostMatches).help("divide the route into several").rejected()
		}
	}
}

// prefixReplacements reports filters that replace a prefix where the rule's match does not have one.
func prefixReplacements(r *reporter, o *config.Object, at string, rule, filters *source.Node, path string) {
	if filters == nil || onePrefix(rule.Get("matches")) {
		return
	}
	for i, f := range filters.Items {
		for _, key := range []string{"requestRedirect", "urlRewrite"} {
			p := f.Get(key).Get("path")
			if p == nil || p.StringAt("type") != "ReplacePrefixMatch" {
				continue
			}
			place := facts.At(o, source.Join(source.Join(source.Index(path, i), key), "path"))
			r.at(place, "the filter replaces a path prefix, so its rule must have exactly one match, of type PathPrefix").
				related(facts.At(o, source.Join(at, "matches")), "matches of the rule").rejected()
		}
	}
}

// onePrefix reports whether matches are one prefix of the path, which they are where they are left out.
func onePrefix(matches *source.Node) bool {
	if matches == nil {
		return true
	}
	if len(matches.Items) != 1 {
		return false
	}
	kind := matches.Items[0].Get("path").StringAt("type")
	return kind == "" || kind == "PathPrefix"
}

// longTry reports a try that may take longer than the request.
func longTry(r *reporter, o *config.Object, at string, timeouts *source.Node) {
	if timeouts == nil {
		return
	}
	request, err := time.ParseDuration(timeouts.StringAt("request"))
	try, err2 := time.ParseDuration(timeouts.StringAt("backendRequest"))
	if err == nil && err2 == nil && request > 0 && try > request {
		r.at(facts.At(o, at+".timeouts.backendRequest"), "timeouts.backendRequest %s is longer than timeouts.request %s, the limit for all attempts together", try, request).
			help("lower backendRequest, or raise request").
			related(facts.At(o, at+".timeouts.request"), "timeout of the request").rejected()
	}
}
