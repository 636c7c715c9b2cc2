package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM126",
	Title:    "TCP ServiceEntry captures TLS connections of other hosts",
	Severity: diag.Warning,
	Stage:    diag.AtFilterChain,
	Why: `Without addresses, the proxy listens on the port for every destination. TLS and HTTPS hosts are distinguished by SNI; a TCP host has no
SNI and receives every other connection to the port, including connections to unregistered hosts. Automatically allocated addresses help
only clients with DNS capture.`,
	Fix: `Set protocol TLS, set addresses in the ServiceEntry, or enable DNS capture for its clients.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Aliases: []string{"IST0134"},
}, takesTLS)

func takesTLS(s *facts.Set, r *reporter) {
	if s.CapturesDNS() {
		return
	}
	eachAddressless(s, func(svc *mesh.Service, p *mesh.Port) {
		if p.Protocol != mesh.TCP && p.Protocol != mesh.Detected {
			return
		}
		other := s.Hosts.SeenTogether(s.Hosts.OnAnyAddress()[p.Number].TLS, svc)
		if p.Number != 443 && other == nil {
			return
		}
		f := r.at(facts.PortPlace(svc, p), "%q receives every connection to port %d whose SNI no other host matches", svc.Host, p.Number).
			help("set protocol: TLS, or set addresses in the ServiceEntry")
		if other != nil {
			f.related(facts.At(other.Object, other.Port(p.Number).Field), "%q shares the port and is matched by SNI", other.Host)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM129",
	Title:    "TCP ServiceEntry without addresses shares a port with HTTP",
	Severity: diag.Warning,
	Stage:    diag.AtFilterChain,
	Why: `All HTTP hosts of a port share one listener. A TCP ServiceEntry without addresses uses the same listener: the proxy detects the protocol of
each connection from its first bytes, and every connection that is not HTTP goes to the TCP host. A protocol in which the server sends first
(such as MySQL) waits for the detection timeout.`,
	Fix: `Set addresses in the TCP ServiceEntry, or use another port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: shop}
spec:
  hosts: [ledger.example.com]
  ports: [{number: 8080, name: tcp, protocol: TCP}]
  resolution: DNS
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: shop}
spec:
  hosts: [ledger.example.com]
  addresses: [192.0.2.8]
  ports: [{number: 8080, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.8}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 8080}]}
`,
}, sharesHTTP)

func sharesHTTP(s *facts.Set, r *reporter) {
	if s.CapturesDNS() {
		return
	}
	eachAddressless(s, func(svc *mesh.Service, p *mesh.Port) {
		if !facts.IsOpaque(p.Protocol) || exclusive(p.Protocol) {
			return
		}
		if other := s.Hosts.SeenTogether(s.Hosts.OnAnyAddress()[p.Number].Http, svc); other != nil {
			r.at(facts.PortPlace(svc, p), "TCP host %q has no addresses: it shares the listener of port %d with HTTP hosts, and receives every connection there that is not HTTP", svc.Host, p.Number).
				related(facts.At(other.Object, other.Port(p.Number).Field), "%q uses the port for HTTP", other.Host)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM130",
	Title:    "MongoDB or MySQL port is shared with another protocol",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why: `MongoDB and MySQL are server-first protocols, so Istio does not combine them with other protocols on one listener. Without addresses, both
hosts share a listener: the newer host is left out, and its connections go to the other.`,
	Fix: `Set addresses in the ServiceEntry, or use different ports.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  ports: [{number: 27017, name: mongo, protocol: MONGO}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: metrics, namespace: shop}
spec:
  hosts: [metrics.example.com]
  ports: [{number: 27017, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [192.0.2.8]
  ports: [{number: 27017, name: mongo, protocol: MONGO}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.8}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: metrics, namespace: shop}
spec:
  hosts: [metrics.example.com]
  ports: [{number: 27017, name: http, protocol: HTTP}]
  resolution: DNS
`,
}, sharesServerFirst)

func sharesServerFirst(s *facts.Set, r *reporter) {
	for _, svc := range s.WantedServices() {
		if len(svc.Addresses) > 0 || svc.Kubernetes() {
			continue
		}
		for _, p := range svc.Ports {
			if !exclusive(p.Protocol) {
				continue
			}
			on := s.Hosts.OnAnyAddress()[p.Number]
			for _, list := range [][]*mesh.Service{on.Http, on.TLS} {
				if other := s.Hosts.SeenTogether(list, svc); other != nil {
					r.at(facts.PortPlace(svc, p), "port %d is %s for %q and %s for %q: Istio does not combine these protocols on one listener and ignores the newer host",
						p.Number, p.Protocol, svc.Host, other.Port(p.Number).Protocol, other.Host).
						related(facts.At(other.Object, other.Port(p.Number).Field), "other protocol")
					break
				}
			}
		}
	}
}

// exclusive reports whether a protocol shares no listener with others.
func exclusive(p mesh.Protocol) bool { return p == mesh.Mongo || p == mesh.MySQL }

// eachAddressless calls do for every port of an entry that writes no address and has one allocated, which only proxies that
// answer DNS queries know. Of entries that get none, admission warns.
func eachAddressless(s *facts.Set, do func(*mesh.Service, *mesh.Port)) {
	for _, svc := range s.WantedServices() {
		if svc.Kubernetes() || len(svc.Addresses) > 0 || !facts.AllocatesAddress(svc.Object, config.Spec[*networking.ServiceEntry](svc.Object)) {
			continue
		}
		for _, p := range svc.Ports {
			do(svc, p)
		}
	}
}
