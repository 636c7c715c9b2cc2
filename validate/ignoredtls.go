package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM276",
	Title:    "TLS settings are ignored in this mode",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Mode ISTIO_MUTUAL uses Istio's certificates, and DISABLE, the default, does not encrypt. Other certificates and names are ignored. Istio
accepts the resource.`,
	Fix: `Set mode SIMPLE or MUTUAL to use these settings, or remove them.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {caCertificates: /etc/certs/ca.pem}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, caCertificates: /etc/certs/ca.pem}}}
`,
}, ignoredTLS)

func ignoredTLS(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			mode := p.TLS.GetMode()
			if p.TLS == nil || mode != networking.ClientTLSSettings_DISABLE && mode != networking.ClientTLSSettings_ISTIO_MUTUAL {
				continue
			}
			for _, f := range []struct {
				name, value string
				always      bool // ISTIO_MUTUAL has a use for the others
			}{
				{"clientCertificate", p.TLS.ClientCertificate, true}, {"privateKey", p.TLS.PrivateKey, true},
				{"caCertificates", p.TLS.CaCertificates, true}, {"credentialName", p.TLS.CredentialName, true},
				{"caCertCredentialName", p.TLS.CaCertCredentialName, true}, {"sni", p.TLS.Sni, false},
			} {
				if f.value != "" && (f.always || mode == networking.ClientTLSSettings_DISABLE) {
					r.at(p.Sub("tls."+f.name), "%[2]s is ignored: the mode is %[1]s", mode, f.name)
					break
				}
			}
		}
	})
}
