package validate

import (
	"fmt"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM228",
	Title:    "redirect code that Envoy does not support",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	Why: `Istio accepts every code from 300 to 399; Envoy supports 301, 302, 303, 307 and 308. For another code the route has no action: Envoy
rejects the whole route table, and later changes to it.`,
	Fix: `Use 301 or 308 for a permanent redirect, 302 or 307 for a temporary one, 303 after a POST.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - redirect: {uri: /new, redirectCode: 304}
    match: [{uri: {exact: /old}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - redirect: {uri: /new, redirectCode: 308}
    match: [{uri: {exact: /old}}]
  - route: [{destination: {host: web}}]
`,
}, redirectCode)

func redirectCode(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		switch code := rule.GetRedirect().GetRedirectCode(); code {
		case 0, 301, 302, 303, 307, 308:
		default:
			if code >= 300 && code < 400 {
				r.at(at.At("redirect.redirectCode"), "redirectCode %d is not supported: Envoy rejects the whole route table", code)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM236",
	Title:    "redirect loop",
	Severity: diag.Warning,
	Stage:    diag.AtRedirect,
	When:     diag.Observed,
	Why: `The client requests the new location, and the same route redirects it again: the match still covers the new path, or the redirect goes to
https and the HTTPS server of the same gateway has the same routes. Browsers give up after about twenty redirects.`,
	Fix: `Exclude the new location from the match; for https, set tls.httpsRedirect on the HTTP server, or match the port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /shop}}]
    redirect: {uri: /shop/welcome}
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {exact: /shop}}]
    redirect: {uri: /shop/welcome}
  - route: [{destination: {host: web}}]
`,
}, redirectLoop)

func redirectLoop(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		to := rule.GetRedirect()
		if to == nil || to.GetRedirectPort() != nil || !staysAt(at.Object, to.GetAuthority()) {
			return
		}
		for _, c := range at.Matches() {
			path, ok := redirected(c, to)
			if !ok || !takes(c, path) || changesScheme(s, at.Object, c, to.GetScheme()) || taken(at, path) {
				continue
			}
			advice := fmt.Sprintf("exclude %s from the match, or redirect to another path", path)
			if to.GetScheme() != "" {
				advice = "set tls.httpsRedirect on the HTTP server in place of this redirect, or match its port"
			}
			r.at(at.At("redirect"), "redirect loop: this route redirects %s again", path).help("%s", advice).
				related(c.Place, "the new location meets this match")
			return
		}
	})
}

// staysAt reports whether a redirect to an authority comes back to the same rules.
func staysAt(o *config.Object, authority string) bool {
	hosts := config.Spec[*networking.VirtualService](o).GetHosts()
	return authority == "" || len(hosts) == 1 && hosts[0] == authority
}

// redirected returns a path that a redirect of requests which meet the condition leads to.
func redirected(c facts.HTTPMatch, to *networking.HTTPRedirect) (string, bool) {
	switch {
	case to.GetUri() != "":
		return to.GetUri(), true
	case to.GetPrefixRewrite() != "" && c.Path.Kind != facts.Regex:
		return to.GetPrefixRewrite(), true
	}
	path := c.Path.Example()
	if c.Path.Kind == facts.Any {
		path = "/"
	}
	return path, path != ""
}

// takes reports whether a request for a path meets the condition, provided that it met it before.
func takes(c facts.HTTPMatch, path string) bool {
	return c.Path.Covers(facts.StringMatch{Kind: facts.Exact, Text: path})
}

// taken reports whether an earlier rule may take the new location.
func taken(at facts.HTTPRule, path string) bool {
	for _, c := range facts.HTTPMatches(at.Object) {
		if c.Rule < at.Index && takes(c, path) {
			return true
		}
	}
	return false
}

// changesScheme reports whether the redirect ends elsewhere because the rule does not apply to the new scheme, or may not.
func changesScheme(s *facts.Set, o *config.Object, c facts.HTTPMatch, scheme string) bool {
	if scheme == "" {
		return false
	}
	if c.Port != 0 || c.Scheme.Kind != facts.Any {
		return true
	}
	for _, name := range c.Gateways {
		if s.Gateways.Serve(name, scheme, o, config.Spec[*networking.VirtualService](o).GetHosts()) {
			return false
		}
	}
	return true
}
