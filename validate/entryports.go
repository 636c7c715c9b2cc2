package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM051",
	Title:    "ServiceEntry declares a port twice",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Endpoints refer to a port by name, and clients by number. Both must be unique in a ServiceEntry.`,
	Fix:      `Use a unique name and number for each port; for two protocols on one port, write two ServiceEntries with different addresses.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 8080, name: http, protocol: HTTP}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 8080, name: http-alt, protocol: HTTP}]
`,
}, entryPorts)

func entryPorts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		names, numbers := map[string]int{}, map[uint32]int{}
		for i, p := range spec.Ports {
			at := facts.At(o, "spec.ports").Item(i)
			if first, twice := names[p.GetName()]; twice {
				r.at(at.Sub("name"), "port name %q is declared twice", p.GetName()).help("give each port a unique name").
					related(facts.At(o, "spec.ports").Item(first).Sub("name"), "first declared here").rejected()
			} else {
				names[p.GetName()] = i
			}
			if first, twice := numbers[p.GetNumber()]; twice {
				r.at(at.Sub("number"), "port %d is declared twice", p.GetNumber()).
					help("remove one of the two; for two protocols on one port, write two ServiceEntries with different addresses").
					related(facts.At(o, "spec.ports").Item(first).Sub("number"), "first declared here").rejected()
			} else {
				numbers[p.GetNumber()] = i
			}
		}
	})
}
