package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// A serverTLS is how a port of a Gateway or a Sidecar takes TLS connections.
type serverTLS struct {
	place
	protocol string // of the port
	*networking.ServerTLSSettings
}

// at is a field of the settings.
func (t serverTLS) at(field string) place { return place{t.object, t.field + "." + field} }

// serverSettings returns the TLS settings of all Gateways and Sidecars.
func serverSettings(s *Scope) []serverTLS {
	var all []serverTLS
	each(s, "Gateway", func(o *config.Object, spec *networking.Gateway) {
		for i, server := range spec.Servers {
			if server.GetTls() != nil {
				at := place{o, source.Index("spec.servers", i) + ".tls"}
				all = append(all, serverTLS{at, server.GetPort().GetProtocol(), server.Tls})
			}
		}
	})
	each(s, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		for i, listener := range spec.Ingress {
			if listener.GetTls() != nil {
				at := place{o, source.Index("spec.ingress", i) + ".tls"}
				all = append(all, serverTLS{at, listener.GetPort().GetProtocol(), listener.Tls})
			}
		}
	})
	return all
}

// passesThrough says whether connections go on encrypted.
func (t serverTLS) passesThrough() bool {
	return t.Mode == networking.ServerTLSSettings_PASSTHROUGH || t.Mode == networking.ServerTLSSettings_AUTO_PASSTHROUGH
}

// certificate names the first certificate setting, or "".
func (t serverTLS) certificate() string {
	for _, c := range []struct {
		field string
		set   bool
	}{
		{"credentialName", t.CredentialName != ""}, {"credentialNames", len(t.CredentialNames) > 0}, {"tlsCertificates", len(t.TlsCertificates) > 0},
		{"serverCertificate", t.ServerCertificate != ""}, {"privateKey", t.PrivateKey != ""}, {"caCertificates", t.CaCertificates != ""}, {"caCrl", t.CaCrl != ""},
	} {
		if c.set {
			return c.field
		}
	}
	return ""
}
