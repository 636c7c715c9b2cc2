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
	Title:    "TCP port without an address",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A TCP connection names no host, so the proxy knows a service by address and port. Without an address the entry takes every
connection to that port, whatever it is for. With DNS or STATIC resolution Istio allocates an address, unless a label turns that off.`,
	Fix: `List the addresses of the service, or declare the port as HTTP or TLS if that is what it speaks.`,
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
			f := r.at(facts.At(o, "spec.ports").Item(i), "without addresses, the entry takes every connection to port %d", p.GetNumber())
			if p.GetProtocol() == "" || p.GetProtocol() == "TCP" {
				f.warned() // the webhook reads capitals only
			}
		}
	})
}
