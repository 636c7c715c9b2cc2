package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM273",
	Title:    "UDP port in a ServiceEntry",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `The proxy does not handle UDP. Istio accepts the port but creates no listener for it: packets bypass the mesh.`,
	Fix:      `Remove the port; UDP traffic needs no ServiceEntry.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: dns, namespace: shop}
spec: {hosts: [dns.example.com], resolution: DNS, ports: [{number: 5353, name: udp, protocol: UDP}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: dns, namespace: shop}
spec: {hosts: [dns.example.com], resolution: DNS, ports: [{number: 5353, name: tcp, protocol: TCP}]}
`,
}, udpPort)

func udpPort(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		for i, p := range spec.Ports {
			if strings.EqualFold(p.GetProtocol(), "UDP") {
				r.at(facts.At(o, "spec.ports").Item(i).Sub("protocol"), "port %d has no effect: the proxy does not handle UDP", p.GetNumber())
			}
		}
	})
}
