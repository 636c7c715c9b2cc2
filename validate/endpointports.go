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
	ID:       "SEM052",
	Title:    "endpoint ports do not fit the ServiceEntry",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `endpoints[].ports maps port names of the ServiceEntry to the numbers that the endpoint listens on. Other names have no effect. A Unix
socket serves one port only.`,
	Fix: `Use the names of spec.ports as keys; for Unix sockets, write one ServiceEntry for each port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.0.0.1, ports: {web: 8080}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.0.0.1, ports: {http: 8080}}]
`,
}, endpointPorts)

func endpointPorts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if spec.Resolution == networking.ServiceEntry_NONE || spec.Resolution == networking.ServiceEntry_DYNAMIC_DNS {
			return // no endpoints at all
		}
		var names []string
		for _, p := range spec.Ports {
			names = append(names, p.GetName())
		}
		for i, e := range spec.Endpoints {
			at := facts.At(o, "spec.endpoints").Item(i)
			for _, name := range slices.Sorted(maps.Keys(e.GetPorts())) {
				if !slices.Contains(names, name) {
					f := r.at(at.Sub("ports").Key(name), "the ServiceEntry has no port named %q", name).rejected()
					f.At.Key = true
					f.help("use one of its ports: %s", strings.Join(names, ", "))
				}
			}
			if len(names) != 1 && strings.HasPrefix(e.GetAddress(), "unix://") {
				r.at(at.Sub("address"), "a Unix socket requires a ServiceEntry with one port; this one has %d", len(names)).help("write one ServiceEntry for each port").rejected()
			}
		}
	})
}
