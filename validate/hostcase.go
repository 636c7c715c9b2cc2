package validate

import (
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM119",
	Title:    "host contains upper-case letters",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Hosts in routes are compared in lower case, but clusters and DestinationRules keep the name as written. A host with upper-case letters is
matched in one place and missed in another.`,
	Fix: `Write the host in lower case.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [API.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
}, hostCase)

func hostCase(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	report := func(at facts.Place, host string) {
		if lower := strings.ToLower(host); lower != host && !reported[at] {
			reported[at] = true
			r.at(at, "host %q contains upper-case letters", host).help("write %s", lower)
		}
	}
	for _, svc := range s.WantedServices() {
		if !svc.Kubernetes() {
			report(facts.At(svc.Object, svc.Field), svc.Host)
		}
	}
	for _, h := range s.Routes.WantedHosts() {
		if h.Object.Kind == "DestinationRule" && !mesh.IsWildcard(h.Host) {
			report(h.Place, h.Host)
		}
	}
}
