package validate

import (
	"fmt"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

// PlaintextToTLS is the check of plain HTTP that is sent to a port of TLS.
var PlaintextToTLS = register(diag.Check{
	ID:       "SEM142",
	Title:    "plain HTTP is sent to a TLS port",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why: `The route sends HTTP requests to a port of protocol HTTPS or TLS, and no DestinationRule originates TLS for it. The server responds with 400
"the plain HTTP request was sent to HTTPS port", or resets the connection. TLS origination on this port would encrypt the TLS of
applications that call it directly a second time (SEM140); a separate HTTP port avoids that.`,
	Fix: `Declare a port of protocol HTTP with the TLS port as its targetPort, set tls mode SIMPLE for that HTTP port in a DestinationRule, and route
to it.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
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
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 443}}}]
    rewrite: {authority: api.example.com}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 443, name: tls, protocol: TLS}
  - {number: 80, name: http, protocol: HTTP, targetPort: 443}
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    portLevelSettings:
    - port: {number: 80}
      tls: {mode: SIMPLE}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
    rewrite: {authority: api.example.com}
`,
}, plaintextToTLS)

func plaintextToTLS(s *facts.Set, r *reporter) {
	eachPlaintext(s, func(t facts.Destination, svc *mesh.Service, port *mesh.Port) {
		if svc.Kubernetes() && !t.FromSidecars() {
			return // SEM143 says so
		}
		if _, ok := s.Egress.Hop(t); ok {
			return // SEM248 and SEM249 judge what arrives at a gateway
		}
		r.at(t.Sub("port.number"), "plain HTTP is sent to port %d of %q, which has protocol %s", port.Number, svc.Host, port.Protocol).
			help("%s", originationAdvice(svc, port)).
			related(facts.PortPlace(svc, port), "port declared here")
	})
}

// originationAdvice is how requests to a TLS port are encrypted once: by a port of protocol HTTP, for the TLS port also serves
// applications that encrypt by themselves.
func originationAdvice(svc *mesh.Service, port *mesh.Port) string {
	for _, p := range svc.Ports {
		if p.Protocol.IsHTTP() {
			return fmt.Sprintf("give port %d the targetPort %d, set tls mode SIMPLE for port %[1]d in a DestinationRule, and route to it", p.Number, port.Number)
		}
	}
	return fmt.Sprintf("add a port of protocol HTTP with targetPort %d, set tls mode SIMPLE for it in a DestinationRule, and route to it", port.Number)
}

var _ = register(diag.Check{
	ID:       "SEM143",
	Title:    "gateway terminates TLS and sends plain HTTP to a TLS port",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `HTTP routes of a gateway apply to decrypted requests, which the gateway forwards as plain HTTP; mutual TLS between the proxies does not
change what the application receives. The port of the Service expects TLS: it responds with 400 "the plain HTTP request was sent to HTTPS
port", or resets the connection.`,
	Fix: `Set tls mode SIMPLE for that port in a DestinationRule, route to a plain HTTP port, or pass TLS through (a server with mode PASSTHROUGH
and tls routes).`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: https-web, port: 443}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http:
  - route: [{destination: {host: web, port: {number: 443}}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http-web, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/edge]
  http:
  - route: [{destination: {host: web, port: {number: 80}}}]
`,
}, gatewayToTLS)

func gatewayToTLS(s *facts.Set, r *reporter) {
	eachPlaintext(s, func(t facts.Destination, svc *mesh.Service, port *mesh.Port) {
		if !svc.Kubernetes() || t.FromSidecars() {
			return
		}
		f := r.at(t.HostPlace(), "the gateway sends plain HTTP to port %d of %q, which has protocol %s", port.Number, svc.Host, port.Protocol).
			related(facts.PortPlace(svc, port), "port declared here")
		for _, p := range svc.Ports {
			if p.Protocol.IsHTTP() {
				f.help("route to port %d, or add a DestinationRule for %s with tls mode SIMPLE on port %d", p.Number, svc.Host, port.Number)
				return
			}
		}
		f.help("add a DestinationRule for %s with tls mode SIMPLE on port %d", svc.Host, port.Number)
	})
}

// eachPlaintext calls do for every destination to which requests are sent unencrypted although its port expects TLS.
func eachPlaintext(s *facts.Set, do func(facts.Destination, *mesh.Service, *mesh.Port)) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		port := svc.Port(t.GetPort().GetNumber())
		if t.GetPort().GetNumber() == 0 && len(svc.Ports) == 1 && !t.FromSidecars() {
			port = svc.Ports[0] // gateways take the only port
		}
		if t.Protocol != "http" || t.Mirror || port == nil || !port.Protocol.IsTLS() || s.DestinationRules.Encrypt(t, svc, port.Number) || neverActs(s, t) {
			return
		}
		do(t, svc, port)
	})
}

// neverActs reports whether the rules of a destination never act anyway, of which SEM120 reports.
func neverActs(s *facts.Set, t facts.Destination) bool {
	svcs := s.Routes.ServicesOf(t.Object)
	return len(svcs) > 0 && facts.IsBoundTo(t.Object, mesh.MeshGateway) && !facts.AnyPort(svcs, facts.ReadsHTTP)
}
