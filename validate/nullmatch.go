package validate

import (
	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM319",
	Title:    "match condition is null",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	Why: `The API server drops an entry that is null before it stores the resource. The condition is gone: the rule matches requests
with any value of it, or without it.`,
	Fix: `Write {} to match any value of the header, or remove the entry to match every request.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{headers: {x-user: null}}]
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{headers: {x-user: {}}}]
    route: [{destination: {host: web}}]
`,
}, nullMatch)

// conditionOfMatch is the path of an entry of a match's conditions.
var conditionOfMatch = lazy.Regexp(`^(spec\.http\[\d+\]\.match\[\d+\])\.(headers|withoutHeaders|queryParams|sourceLabels)\b`)

func nullMatch(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for _, path := range o.Nulls {
			m := conditionOfMatch().FindStringSubmatch(path)
			if m == nil {
				continue
			}
			r.at(facts.At(o, path), "the API server removes this null entry of %s, so the match does not test it", m[2])
		}
	}
}
