package validate

import (
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM128",
	Title:    "two TCP hosts without addresses share a port",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why: `Without addresses the proxy listens on the port for every destination, and nothing distinguishes opaque connections. The older host
receives the connections of both.`,
	Fix: `Set addresses in each ServiceEntry, use protocol TLS (matched by SNI), use different ports, or enable DNS capture with automatic address
allocation.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.db.example.com]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: shop}
spec:
  hosts: [b.db.example.com]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.db.example.com]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: DNS
  addresses: [192.0.2.1]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: shop}
spec:
  hosts: [b.db.example.com]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: DNS
  addresses: [192.0.2.2]
`,
}, sharedTCPPort)

func sharedTCPPort(s *facts.Set, r *reporter) {
	first := map[uint32][]*mesh.Service{}
	for _, svc := range s.Mesh.Services {
		if len(svc.Addresses) > 0 || svc.Kubernetes() {
			continue
		}
		for _, p := range svc.Ports {
			if !facts.IsOpaque(p.Protocol) {
				continue
			}
			first[p.Number] = append(first[p.Number], svc)
			if !s.Wanted(svc.Object) {
				continue
			}
			if older := s.Hosts.SeenTogether(first[p.Number], svc); older != nil {
				r.at(facts.PortPlace(svc, p), "%q receives no connections: %q also has port %d without addresses, and the older one receives all",
					svc.Host, older.Host, p.Number).
					related(facts.At(older.Object, older.Port(p.Number).Field), "%s receives them", name(older.Object))
			}
		}
	}
}
