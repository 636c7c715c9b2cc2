package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM100",
	Title:    "destination host does not exist",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Alone:    true,
	Why: `A route sends traffic to the cluster of its destination host and port. No cluster exists for a host that no Service and no ServiceEntry
registers: the proxy responds with 503 (response flag NC), or closes the connection if the route is not HTTP.`,
	Fix: `Correct the host, or register it with a Service or a ServiceEntry.`,
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

func missingHost(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for _, t := range s.Routes.Destinations(o) {
			host := s.FullHost(t.Host, o)
			if s.Hosts.Presence(host) == facts.Absent && !elsewhere(s, t.Host, o) {
				f := r.at(t.HostPlace(), "no Service or ServiceEntry has the host %q", host)
				if near := s.Hosts.Nearest(host); near != "" {
					f.help("did you mean %q?", near)
				}
				f.infoUnless(s.Hosts.Complete(host))
			}
		}
	}
}

// elsewhere reports whether a short name exists in another namespace; SEM102 speaks of that.
func elsewhere(s *facts.Set, host string, o *config.Object) bool {
	return len(s.Hosts.SameName(host, o)) > 0
}
