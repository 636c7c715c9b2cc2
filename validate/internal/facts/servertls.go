package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A ServerTLS is how a port of a Gateway or a Sidecar takes TLS connections.
type ServerTLS struct {
	Place
	Protocol string // of the port
	*networking.ServerTLSSettings
}

// PassesThrough reports whether connections go on encrypted.
func (t ServerTLS) PassesThrough() bool {
	return t.Mode == networking.ServerTLSSettings_PASSTHROUGH || t.Mode == networking.ServerTLSSettings_AUTO_PASSTHROUGH
}

// Certificate names the first certificate setting, or "".
func (t ServerTLS) Certificate() string {
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

// WantedServerTLS returns the TLS settings of all Gateways and Sidecars.
func WantedServerTLS(s *Documents) []ServerTLS {
	var all []ServerTLS
	Each(s, "Gateway", func(o *config.Object, spec *networking.Gateway) {
		for i, server := range spec.Servers {
			if server.GetTls() != nil {
				at := At(o, "spec.servers").Item(i).Sub("tls")
				all = append(all, ServerTLS{at, server.GetPort().GetProtocol(), server.Tls})
			}
		}
	})
	Each(s, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		for i, listener := range spec.Ingress {
			if listener.GetTls() != nil {
				at := At(o, "spec.ingress").Item(i).Sub("tls")
				all = append(all, ServerTLS{at, listener.GetPort().GetProtocol(), listener.Tls})
			}
		}
	})
	return all
}
