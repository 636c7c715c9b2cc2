package validate

import (
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

// DoubleTLS is the check of TLS that a proxy encrypts again.
var DoubleTLS = register(diag.Check{
	ID:       "SEM140",
	Title:    "TLS origination where the application already uses TLS",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why: `The port's protocol is HTTPS or TLS: the proxy passes the application's TLS through. A DestinationRule with mode SIMPLE or MUTUAL for that
port adds a second layer of TLS. Clients see "wrong version number", a 400 response or a reset connection.`,
	Fix: `Remove tls for this port from the DestinationRule, or send plain HTTP from the application to a port of protocol HTTP (with targetPort
443) and originate TLS there.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 443, name: https, protocol: HTTPS}
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: SIMPLE, subjectAltNames: [api.example.com]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP, targetPort: 443}
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
}, doubleTLS)

func doubleTLS(s *facts.Set, r *reporter) {
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if !x.Port.Protocol.IsTLS() || !x.TLS.Originates() || mixed(s, x) || routedTo(s, x) {
			continue
		}
		r.at(x.TLS.Sub("mode"), "double TLS: mode %s applies to port %d of %q, where the application already uses TLS (protocol %s)",
			x.TLS.Settings.GetMode(), x.Port.Number, x.Service.Host, x.Port.Protocol).
			related(x.PortPlace(), "port declared here")
	}
}

var _ = register(diag.Check{
	ID:       "SEM141",
	Title:    "TLS for a host covers a plaintext port and a TLS port",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	When:     diag.TLSInTLS,
	Why: `The host has ports where the proxy should originate TLS and ports where the application does. The top-level tls applies to all of them and
adds a second layer of TLS to the latter.`,
	Fix: `Move tls to portLevelSettings of the plaintext port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP, targetPort: 443}
  - {number: 443, name: https, protocol: HTTPS}
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports:
  - {number: 80, name: http, protocol: HTTP, targetPort: 443}
  - {number: 443, name: https, protocol: HTTPS}
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
`,
}, mixedTLS)

func mixedTLS(s *facts.Set, r *reporter) {
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if !x.Port.Protocol.IsTLS() || !x.TLS.Originates() || !mixed(s, x) || routedTo(s, x) {
			continue
		}
		plain := plainPort(s, x)
		r.at(x.TLS.Sub("mode"), "double TLS: mode %s for all ports of %q includes port %d, where the application already uses TLS (protocol %s)",
			x.TLS.Settings.GetMode(), x.Service.Host, x.Port.Number, x.Port.Protocol).
			help("move tls to portLevelSettings of port %d", plain).
			related(x.PortPlace(), "port %d declared here", x.Port.Number)
	}
}

// mixed reports whether settings of the top level reach a plaintext port as well as this one.
func mixed(s *facts.Set, x facts.PortTLS) bool { return x.TLS.TopLevel && plainPort(s, x) != 0 }

// plainPort returns a port of the same service that the same settings encrypt rightly, or 0.
func plainPort(s *facts.Set, x facts.PortTLS) uint32 {
	for _, p := range x.Service.Ports {
		if !p.Protocol.IsTLS() && facts.ClientTLSFor(x.TLS.Object, p.Number).Settings == x.TLS.Settings {
			return p.Number
		}
	}
	return 0
}

// routedTo reports whether an HTTP rule sends requests to the port: then it is those that the proxy encrypts, and the settings make
// sense. Applications that call the host themselves are a matter of the trace.
func routedTo(s *facts.Set, x facts.PortTLS) bool {
	return s.Routes.LeadTo(x.Service.Host, x.Port.Number)
}
