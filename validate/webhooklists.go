package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM317",
	Title:    "cookie attribute is set twice",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Istio's webhook rejects a cookie for consistent hashing that has two attributes of one name.`,
	Fix:      `Remove one of the two attributes.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  trafficPolicy:
    loadBalancer:
      consistentHash:
        httpCookie: {name: session, ttl: 1h, attributes: [{name: SameSite, value: Strict}, {name: SameSite, value: Lax}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  trafficPolicy:
    loadBalancer:
      consistentHash:
        httpCookie: {name: session, ttl: 1h, attributes: [{name: SameSite, value: Strict}, {name: Secure}]}
`,
}, repeatedAttribute)

func repeatedAttribute(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			first := map[string]int{}
			at := p.Sub("loadBalancer.consistentHash.httpCookie.attributes")
			for i, a := range p.Balancer.GetConsistentHash().GetHttpCookie().GetAttributes() {
				earlier, twice := first[a.GetName()]
				if !twice {
					first[a.GetName()] = i
					continue
				}
				f := r.at(at.Item(i).Sub("name"), "the attribute %q is set twice", a.GetName()).related(at.Item(earlier).Sub("name"), "first set here")
				if p.Whole {
					f.rejected()
				}
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM318",
	Title:    "item of tlsCertificates is incomplete",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Each item of tlsCertificates needs the file of a certificate and that of its key. Istio's webhook rejects a Gateway that lacks one.`,
	Fix:      `Set serverCertificate and privateKey.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, tlsCertificates: [{privateKey: /etc/certs/key.pem}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, tlsCertificates: [{serverCertificate: /etc/certs/crt.pem, privateKey: /etc/certs/key.pem}]}
`,
}, incompleteCertificate)

func incompleteCertificate(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Gateway", func(o *config.Object, spec *networking.Gateway) {
		for i, server := range spec.GetServers() {
			tls := server.GetTls()
			switch tls.GetMode() {
			case networking.ServerTLSSettings_SIMPLE, networking.ServerTLSSettings_MUTUAL, networking.ServerTLSSettings_OPTIONAL_MUTUAL:
			default:
				continue
			}
			if tls.GetCredentialName() != "" || len(tls.GetCredentialNames()) > 0 {
				continue
			}
			at := facts.At(o, "spec.servers").Item(i).Sub("tls.tlsCertificates")
			for j, c := range tls.GetTlsCertificates() {
				if c.GetServerCertificate() == "" {
					r.at(at.Item(j), "tlsCertificates[%d] has no serverCertificate", j).help("set serverCertificate").rejected()
				}
				if c.GetPrivateKey() == "" {
					r.at(at.Item(j), "tlsCertificates[%d] has no privateKey", j).help("set privateKey").rejected()
				}
			}
		}
	})
}
