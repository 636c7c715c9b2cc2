package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
)

var _ = register(diag.Check{
	ID:       "SEM100",
	Title:    "route leads to a host that does not exist",
	Severity: diag.Error,
	Why: `A route sends traffic to the cluster of its destination host and port. For a host that no Service and no ServiceEntry
registers there is no such cluster: the proxy answers 503 with the flag NC, or closes the connection where the rule is not HTTP.`,
	Fix: `Correct the name, or register the host by a Service or a ServiceEntry.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviewz}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route: [{destination: {host: reviews}}]
`,
	Aliases: []string{"IST0101", "KIA1101"},
}, missingHost)

func missingHost(s *Scope, r *reporter) {
	for _, o := range s.subjects("VirtualService") {
		for _, t := range s.targets(o) {
			host := s.full(t.Host, o)
			if s.standing(host) == wrong && !s.elsewhere(t.Host, o) {
				f := r.at(t.host(), "no service has the host %q", host)
				if near := s.nearestHost(host); near != "" {
					f.help("did you mean %q?", near)
				}
			}
		}
	}
}

// elsewhere says whether a short name exists in another namespace; SEM102 speaks of that.
func (s *Scope) elsewhere(host string, o *config.Object) bool {
	return len(s.namesakes(host, o)) > 0
}
