package validate

import (
	"cmp"
	"fmt"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM120",
	Title:    "HTTP routes for a host without an HTTP port",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why: `The proxy reads HTTP only on ports with an HTTP protocol. On HTTPS, TLS or TCP ports it forwards an opaque stream: paths and headers are
never matched, and rewrites, retries, timeouts and faults have no effect.`,
	Fix: `Use tls routes with sniHosts, or declare an HTTP port and originate TLS in the proxy.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /v1}}]
    route: [{destination: {host: api.example.com, port: {number: 443}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
}, httpRulesWithoutHTTP)

func httpRulesWithoutHTTP(s *facts.Set, r *reporter) {
	eachMisfit(s, func(spec *networking.VirtualService) int { return len(spec.GetHttp()) }, facts.ReadsHTTP,
		func(o *config.Object, svcs []*mesh.Service) {
			r.at(facts.At(o, "spec.http"), "these routes never apply: %s", ports(svcs)).
				related(facts.At(svcs[0].Object, svcs[0].Field), "host declared here")
		})
}

var _ = register(diag.Check{
	ID:       "SEM121",
	Title:    "TLS routes for a host without a TLS port",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why:      `spec.tls applies to ports of protocol HTTPS or TLS, where the proxy reads the SNI. The host has no such port.`,
	Fix:      `Use http or tcp routes, or declare the port with protocol TLS.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  tls:
  - match: [{sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  tls:
  - match: [{sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com, port: {number: 443}}}]
`,
}, tlsRulesWithoutTLS)

func tlsRulesWithoutTLS(s *facts.Set, r *reporter) {
	eachMisfit(s, func(spec *networking.VirtualService) int { return len(spec.GetTls()) },
		func(p *mesh.Port) bool { return p.Protocol.IsTLS() },
		func(o *config.Object, svcs []*mesh.Service) {
			r.at(facts.At(o, "spec.tls"), "these routes never apply: %s", ports(svcs)).
				related(facts.At(svcs[0].Object, svcs[0].Field), "host declared here")
		})
}

var _ = register(diag.Check{
	ID:       "SEM122",
	Title:    "TCP routes for a host without a TCP port",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why:      `spec.tcp applies to opaque ports. Ports of protocol HTTPS or TLS use tls routes, HTTP ports use http routes. The host has no other port.`,
	Fix:      `Use tls routes for HTTPS and TLS ports, and http routes for HTTP ports.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  tcp:
  - route: [{destination: {host: api.example.com, port: {number: 443}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
  addresses: [192.0.2.7]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  tcp:
  - route: [{destination: {host: api.example.com, port: {number: 5432}}}]
`,
}, tcpRulesWithoutTCP)

func tcpRulesWithoutTCP(s *facts.Set, r *reporter) {
	eachMisfit(s, func(spec *networking.VirtualService) int { return len(spec.GetTcp()) },
		func(p *mesh.Port) bool { return !p.Protocol.IsHTTP() && !p.Protocol.IsTLS() },
		func(o *config.Object, svcs []*mesh.Service) {
			r.at(facts.At(o, "spec.tcp"), "these routes never apply: %s", ports(svcs)).
				related(facts.At(svcs[0].Object, svcs[0].Field), "host declared here")
		})
}

// eachMisfit calls report for every VirtualService of the mesh that has rules of a kind, and whose hosts, all of them known,
// have no port that rules of this kind act on.
func eachMisfit(s *facts.Set, rules func(*networking.VirtualService) int, fits func(*mesh.Port) bool, report func(*config.Object, []*mesh.Service)) {
	for _, o := range s.WantedObjects("VirtualService") {
		spec := config.Spec[*networking.VirtualService](o)
		svcs := s.Routes.ServicesOf(o)
		if rules(spec) == 0 || !facts.IsBoundTo(o, mesh.MeshGateway) || len(facts.GatewaysOf(o)) > 1 || len(svcs) == 0 || len(svcs) < len(spec.GetHosts()) {
			continue
		}
		if !facts.AnyPort(svcs, fits) && facts.AnyPort(svcs, func(*mesh.Port) bool { return true }) {
			report(o, svcs)
		}
	}
}

// ports returns which ports hosts have, with their protocols.
func portWord(n int) string {
	if n == 1 {
		return "port"
	}
	return "ports"
}

func ports(svcs []*mesh.Service) string {
	var hosts []string
	for _, svc := range svcs {
		var list []string
		for _, p := range svc.Ports {
			list = append(list, fmt.Sprintf("%d (%s)", p.Number, cmp.Or(string(p.Protocol), "detected")))
		}
		hosts = append(hosts, fmt.Sprintf("%q has only %s %s", svc.Host, portWord(len(list)), strings.Join(list, ", ")))
	}
	return strings.Join(hosts, ", ")
}
