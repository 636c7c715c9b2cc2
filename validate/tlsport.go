package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM156",
	Title:    "TLS is set for another port than the destination port",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `TLS settings are looked up by the port number of the destination, as the host declares it; targetPort and the number that the server
listens on do not matter. The route leads to a port without settings, so the request is sent in plaintext.`,
	Fix: `Set tls in portLevelSettings of the destination port, or route to the port that has it.`,
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

func otherTLSPort(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		port := svc.Port(t.GetPort().GetNumber())
		if t.Protocol != "http" || t.Mirror || port == nil || !port.Protocol.IsHTTP() || !svc.External || s.DestinationRules.Encrypt(t, svc, port.Number) {
			return
		}
		rule := s.Client(t.Object.Namespace).DestinationRule(svc)
		if rule == nil {
			return
		}
		at, number := s.DestinationRules.OtherPortWithTLS(rule.Object, svc, port)
		if number == 0 {
			return
		}
		f := r.at(t.Sub("port.number"), "requests to port %d of %q are sent in plaintext: the DestinationRule sets TLS for port %d", port.Number, svc.Host, number).
			related(at, "TLS is set for port %d here", number)
		if svc.Port(number) == nil {
			f.help("set tls in portLevelSettings of port %d: use the destination port, not targetPort", port.Number)
		} else {
			f.help("route to port %d, or set tls for port %d", number, port.Number)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM147",
	Title:    "certificate of an internal server is verified with public CAs",
	Severity: diag.Info,
	Stage:    diag.AtTLS,
	Why: `With mode SIMPLE or MUTUAL and without caCertificates, the proxy verifies the server's certificate with the CA bundle of its operating
system. The host name looks internal, and internal servers usually have a certificate of a private CA that is not in that bundle: the
handshake fails, and the client receives 503 (response flag UF).`,
	Fix: `Set caCertificates to the file with the server's CA; for gateways, set credentialName to a Secret that contains it.`,
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

func publicAuthority(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		t := x.TLS.Settings
		if !x.TLS.Originates() || t.GetCaCertificates() != "" || t.GetCredentialName() != "" || t.GetInsecureSkipVerify().GetValue() ||
			!inside(x.Service) || reported[x.TLS.Place] {
			continue
		}
		reported[x.TLS.Place] = true
		r.at(x.TLS.Sub("mode"), "%q looks like an internal server, but its certificate is verified with the CAs of the operating system", x.Service.Host)
	}
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		host := s.FullHost(spec.GetHost(), o)
		if _, inCluster := s.Hosts.NamespaceOf(host); !inCluster || len(s.Hosts.Services(host)) > 0 {
			return
		}
		for _, p := range facts.Policies(o, spec) {
			if unverifiable(p.TLS) && !reported[p.Sub("tls")] {
				r.at(p.Sub("tls.mode"), "the certificate of %q is verified against public CAs", host)
			}
		}
	})
}

// unverifiable reports whether a proxy verifies a server against the CAs of its operating system.
func unverifiable(t *networking.ClientTLSSettings) bool {
	if t.GetMode() != networking.ClientTLSSettings_SIMPLE && t.GetMode() != networking.ClientTLSSettings_MUTUAL {
		return false
	}
	return t.GetCaCertificates() == "" && t.GetCredentialName() == "" && !t.GetInsecureSkipVerify().GetValue()
}

// inside reports whether a host is one that public authorities issue no certificates for.
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
