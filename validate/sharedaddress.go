package validate

import (
	"fmt"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM058",
	Title:    "several hosts share an address and a TCP port",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Connections to one address and port look the same to the proxy, whichever host the application meant. With DNS resolution, they all go to
the endpoints of one host.`,
	Fix: `Write a ServiceEntry with a separate address for each host.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: apis, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  addresses: [10.1.2.3]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: apis, namespace: shop}
spec:
  hosts: [a.example.com, b.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
}, sharedAddress)

func sharedAddress(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		dns := spec.Resolution == networking.ServiceEntry_DNS || spec.Resolution == networking.ServiceEntry_DNS_ROUND_ROBIN
		if !dns || len(spec.Addresses) == 0 || len(spec.Hosts) < 2 {
			return
		}
		for _, p := range spec.Ports {
			if mesh.ParseProtocol(p.GetProtocol()).IsTCP() {
				f := r.at(facts.At(o, "spec.addresses"), "%d hosts share address %s: TCP port %d does not distinguish them", len(spec.Hosts), spec.Addresses[0], p.GetNumber()).warned()
				if mesh.ParseProtocol(p.GetProtocol()).IsTLS() {
					f.Message = fmt.Sprintf("%d hosts share address %s: with an address, connections to TLS port %d are not matched by SNI", len(spec.Hosts), spec.Addresses[0], p.GetNumber())
					f.help("remove addresses, or write a ServiceEntry with a separate address for each host")
				}
				return
			}
		}
	})
}
