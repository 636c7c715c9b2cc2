package validate

import (
	"net/netip"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM272",
	Title:    "host or address of a ServiceEntry has no effect",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A host or address that is listed twice has no effect. Traffic to loopback addresses does not reach the proxy, and 0.0.0.0 is not a
destination.`,
	Fix: `Remove the duplicate, or write the address that applications connect to.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [127.0.0.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.2.3]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
}, entryHosts)

func entryHosts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		for i, host := range spec.Hosts {
			if slices.Contains(spec.Hosts[:i], host) {
				r.at(facts.At(o, "spec.hosts").Item(i), "host %q is listed twice", host).help("remove one of the two")
			}
		}
		for i, text := range spec.Addresses {
			at := facts.At(o, "spec.addresses").Item(i)
			single, _, _ := strings.Cut(text, "/")
			addr, err := netip.ParseAddr(single)
			switch {
			case slices.Contains(spec.Addresses[:i], text):
				r.at(at, "address %q is listed twice", text).help("remove one of the two")
			case err != nil:
			case addr.IsLoopback():
				r.at(at, "address %s has no effect: traffic to a loopback address does not reach the proxy", addr).
					help("write the address that applications connect to")
			case addr.IsUnspecified() && !strings.Contains(text, "/"):
				r.at(at, "address %s has no effect: it is the unspecified address, which no client connects to", addr).
					help("write the address that applications connect to")
			}
		}
	})
}
