package validate

import (
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM128",
	Title:    "two TCP hosts share a port without addresses",
	Severity: diag.Error,
	Why: `Without an address the proxy listens on the port for every destination, and opaque traffic has nothing else to be told apart by.
The older host takes the connections of both; the other never gets any.`,
	Fix: `Give each entry its addresses, use protocol TLS so that the server name tells them apart, use different ports, or let workloads
capture DNS so that each host gets an address of its own.`,
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

func sharedTCPPort(s *Scope, r *reporter) {
	first := map[uint32][]*mesh.Service{}
	for _, svc := range s.Mesh.Services {
		if len(svc.Addresses) > 0 || svc.Kubernetes() {
			continue
		}
		for _, p := range svc.Ports {
			if !opaque(p.Protocol) {
				continue
			}
			first[p.Number] = append(first[p.Number], svc)
			if !s.wants(svc.Object) {
				continue
			}
			if older := s.rival(first[p.Number], svc); older != nil {
				r.at(portPlace(svc, p), "%q gets none of its connections: %q has port %d as well, neither has an address, and the older takes all",
					svc.Host, older.Host, p.Number).
					related(place{older.Object, older.Port(p.Number).Field}, "%s takes them", name(older.Object))
			}
		}
	}
}

// rival returns the oldest of several services that some client sees beside another one.
func (s *Scope) rival(older []*mesh.Service, svc *mesh.Service) *mesh.Service {
	for _, o := range older {
		if o.Host == svc.Host {
			continue
		}
		for _, ns := range []string{svc.Namespace, o.Namespace} {
			view := s.client(ns)
			if view.Service(o.Host) == o && view.Service(svc.Host) == svc {
				return o
			}
		}
	}
	return nil
}

// opaque says whether a protocol leaves the proxy nothing but addresses and ports to tell hosts apart by.
func opaque(p mesh.Protocol) bool { return p.IsTCP() && !p.IsTLS() }
