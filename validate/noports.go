package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM270",
	Title:    "ServiceEntry without ports",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `The proxy handles traffic by port: a ServiceEntry without ports has no listener, route or cluster. Istio accepts the resource.`,
	Fix:      `List the ports that clients use.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], resolution: DNS}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}
`,
}, noPorts)

func noPorts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if len(spec.Ports) == 0 {
			r.at(facts.At(o, "spec"), "the ServiceEntry has no effect: it has no ports")
		}
	})
}
