package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM393",
	Title:    "subjectAltNames of a server that asks for no certificate",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `The subjectAltNames of a server are names that the certificate of a client must have. A server of mode SIMPLE asks clients for no
certificate and has no authority to verify one. With credentialName, istiod sends the names all the same, and Envoy rejects the whole listener,
with all servers of the port. With certificates from files, the names have no effect.`,
	Fix: `Remove subjectAltNames, or use mode MUTUAL. The names that the server itself presents are those in its certificate.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop, subjectAltNames: [shop.example.com]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: MUTUAL, credentialName: shop, subjectAltNames: [partner.example.com]}
`,
}, clientNames)

func clientNames(s *facts.Set, r *reporter) {
	for _, t := range facts.WantedServerTLS(s.Documents) {
		if t.Mode != networking.ServerTLSSettings_SIMPLE || len(t.GetSubjectAltNames()) == 0 {
			continue
		}
		at := t.Sub("subjectAltNames")
		if t.GetCredentialName() == "" && len(t.GetCredentialNames()) == 0 {
			r.at(at, "subjectAltNames has no effect: mode SIMPLE asks clients for no certificate").warned()
			continue
		}
		r.at(at, "Envoy rejects the listener: mode SIMPLE asks clients for no certificate, and subjectAltNames would verify one")
	}
}
