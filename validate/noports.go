package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM270",
	Title:    "entry without ports",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The proxy takes traffic by port, so that an entry without ports has no listener, no route and no cluster. Istio admits it
all the same.`,
	Fix: `List the ports that clients call.`,
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
			r.at(facts.At(o, "spec"), "the entry has no ports, and so takes no traffic")
		}
	})
}
