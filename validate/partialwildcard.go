package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM054",
	Title:    "wildcard in part of a label",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `Envoy matches hosts and SNI by whole labels: *.example.com works everywhere, *-api.example.com only in some places that Istio handles.`,
	Fix:      `Write *. and the domain, or list the hosts.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*-api.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
}, partialWildcard)

func partialWildcard(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if spec.Resolution == networking.ServiceEntry_DYNAMIC_DNS {
			return
		}
		for i, host := range spec.Hosts {
			if len(host) > 1 && strings.Contains(host, "*") && !strings.HasPrefix(host, "*.") {
				r.at(facts.At(o, "spec.hosts").Item(i), "the wildcard in %q covers part of a label only", host).warned()
			}
		}
	})
}
