package validate

import (
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM073",
	Title:    "authority of the request is set more than once",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `rewrite.authority and the request headers Host and :authority all set the same header. Set only one of them.`,
	Fix:      `Keep rewrite.authority and remove the headers.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - rewrite: {authority: new.example.com}
    headers: {request: {set: {Host: old.example.com}}}
    route: [{destination: {host: reviews}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - rewrite: {authority: new.example.com}
    route: [{destination: {host: reviews}}]
`,
}, authorityTwice)

func authorityTwice(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, route := range spec.Http {
			at := facts.At(o, "spec.http").Item(i)
			first, value := at.Sub("rewrite.authority"), route.GetRewrite().GetAuthority()
			for _, set := range authorities(at, route.GetHeaders().GetRequest()) {
				if value != "" {
					r.at(set.Place, "the Host header is set more than once").related(first, "first set here").rejected()
					break
				}
				first, value = set.Place, set.value
			}
		}
	})
}

// An authority is a header operation that sets the host of a request.
type authority struct {
	facts.Place
	value string
}

func authorities(at facts.Place, ops *networking.Headers_HeaderOperations) []authority {
	var found []authority
	for _, op := range []struct {
		name    string
		headers map[string]string
	}{{"set", ops.GetSet()}, {"add", ops.GetAdd()}} {
		for _, name := range slices.Sorted(maps.Keys(op.headers)) {
			if strings.EqualFold(name, "host") || strings.EqualFold(name, ":authority") {
				found = append(found, authority{at.Sub("headers.request." + op.name).Key(name), op.headers[name]})
			}
		}
	}
	return found
}
