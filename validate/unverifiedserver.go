package validate

import (
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM153",
	Title:    "server certificate is not verified",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	When:     diag.Observed,
	Why:      `With insecureSkipVerify the proxy accepts any certificate: an attacker who impersonates the server can read and change the traffic.`,
	Fix:      `Set the server's CA in caCertificates and remove insecureSkipVerify.`,
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
    tls: {mode: SIMPLE, insecureSkipVerify: true}
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
    tls: {mode: SIMPLE}
`,
}, unverifiedServer)

func unverifiedServer(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		at := x.TLS.Sub("insecureSkipVerify")
		if x.TLS.Settings.GetInsecureSkipVerify().GetValue() && !reported[at] {
			reported[at] = true
			r.at(at, "the certificate of %q is not verified", x.Service.Host)
		}
	}
}
