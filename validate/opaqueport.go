package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM053",
	Title:    "TCP port without addresses",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A TCP connection carries no host name, so the proxy matches a TCP service by address and port. Without addresses the ServiceEntry captures
every connection to the port. With resolution DNS or STATIC, Istio allocates an address automatically, unless a label disables it.`,
	Fix: `Set the addresses of the service, or protocol HTTP or TLS if its clients use it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: NONE
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.2.3]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: NONE
`,
	Aliases: []string{"IST0134"},
}, opaquePort)

func opaquePort(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if len(spec.Addresses) > 0 || facts.AllocatesAddress(o, spec) {
			return
		}
		for i, p := range spec.Ports {
			if p.GetProtocol() != "" && !strings.EqualFold(p.GetProtocol(), "TCP") {
				continue
			}
			f := r.at(facts.At(o, "spec.ports").Item(i), "the ServiceEntry captures every connection to port %d: it has no addresses", p.GetNumber())
			if p.GetProtocol() == "" || p.GetProtocol() == "TCP" {
				f.warned() // the webhook reads capitals only
			}
		}
	})
}
