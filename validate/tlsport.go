package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM156",
	Title:    "TLS is set for another port than the one that is routed to",
	Severity: diag.Error,
	Why: `TLS settings are looked up by the port number of the destination, as the host declares it; neither targetPort nor the number that
the server listens on counts. The rule routes to a port without settings, so the request leaves in plaintext.`,
	Fix: `Set tls in portLevelSettings of the port that the rule routes to, or route to the port that has it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    portLevelSettings:
    - port: {number: 443}
      tls: {mode: SIMPLE}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
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
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
}, otherTLSPort)

func otherTLSPort(s *Scope, r *reporter) {
	s.eachTarget(func(t target, svc *mesh.Service) {
		port := svc.Port(t.GetPort().GetNumber())
		if t.protocol != "http" || t.mirror || port == nil || !port.Protocol.IsHTTP() || !svc.External || s.encrypts(t, svc, port.Number) {
			return
		}
		rule := s.client(t.object.Namespace).DestinationRule(svc)
		if rule == nil {
			return
		}
		at, number := s.missedTLS(rule.Host.Object, svc, port)
		if number == 0 {
			return
		}
		f := r.at(place{t.object, t.field + ".port.number"}, "requests to port %d of %q leave in plaintext: the DestinationRule sets TLS for port %d", port.Number, svc.Host, number).
			related(at, "TLS is set for port %d here", number)
		if svc.Port(number) == nil {
			f.help("set tls in portLevelSettings of port %d: the number is that of the destination, not of targetPort", port.Number)
		} else {
			f.help("route to port %d, or set tls for port %d", number, port.Number)
		}
	})
}

// missedTLS returns the port for which a rule originates TLS where it seems to mean another one: a port that the host does not
// have, or one to which no rule routes. The number is 0 where there is none.
func (s *Scope) missedTLS(rule *config.Object, svc *mesh.Service, routed *mesh.Port) (place, uint32) {
	for i, p := range config.Spec[*networking.DestinationRule](rule).GetTrafficPolicy().GetPortLevelSettings() {
		number := p.GetPort().GetNumber()
		declared := svc.Port(number)
		at := place{rule, source.Index("spec.trafficPolicy.portLevelSettings", i) + ".port.number"}
		switch {
		case p.GetTls() == nil || !(clientTLS{settings: p.GetTls()}).originates() || number == routed.Number:
		case declared == nil && (routed.Target == 0 || routed.Target == number):
			return at, number
		case declared != nil && !declared.Protocol.IsTLS() && !s.routedAt(svc.Host, number):
			return at, number
		}
	}
	return place{}, 0
}

var _ = register(diag.Check{
	ID:       "SEM147",
	Title:    "server inside the network is verified against public authorities",
	Severity: diag.Info,
	Why: `With mode SIMPLE or MUTUAL and no caCertificates the proxy verifies the server against the certificate authorities of its
operating system. Servers inside a network mostly have certificates of a private authority, which that bundle does not hold: the
handshake fails. (Older releases did not verify at all.)`,
	Fix: `Set caCertificates, or credentialName for gateways, to the private authority.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: shop}
spec:
  hosts: [ledger.corp.internal]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: shop}
spec:
  host: ledger.corp.internal
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: shop}
spec:
  hosts: [ledger.corp.internal]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ledger, namespace: shop}
spec:
  host: ledger.corp.internal
  trafficPolicy:
    tls: {mode: SIMPLE, caCertificates: /etc/certs/corp.pem}
`,
	Aliases: []string{"IST0128", "IST0129"},
}, publicAuthority)

func publicAuthority(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedSubjects() {
		t := x.tls.settings
		if !x.tls.originates() || t.GetCaCertificates() != "" || t.GetCredentialName() != "" || t.GetInsecureSkipVerify().GetValue() ||
			!inside(x.service) || told[x.tls.place] {
			continue
		}
		told[x.tls.place] = true
		r.at(x.tls.at("mode"), "the certificate of %q is verified against public authorities", x.service.Host)
	}
}

// inside says whether a host is one that public authorities issue no certificates for.
func inside(svc *mesh.Service) bool {
	if svc.Kubernetes() {
		return true
	}
	for _, domain := range []string{"*.internal", "*.local", "*.lan", "*.corp", "*.intranet", "*.private", "*.home.arpa"} {
		if mesh.Covers(domain, svc.Host) {
			return true
		}
	}
	return false
}
