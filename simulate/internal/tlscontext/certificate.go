package tlscontext

import (
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
)

// CertificateOf names the client's certificate and its key.
func CertificateOf(c *tlsv3.CommonTlsContext) (certificate, key string) {
	if secrets := c.GetTlsCertificateSdsSecretConfigs(); len(secrets) > 0 {
		name := secrets[0].GetName()
		if pair, ok := strings.CutPrefix(name, "file-cert:"); ok {
			certificate, key, _ = strings.Cut(pair, "~")
			return certificate, key
		}
		return name, name
	}
	if all := c.GetTlsCertificates(); len(all) > 0 {
		return bytesOf(all[0].GetCertificateChain()), bytesOf(all[0].GetPrivateKey())
	}
	return "", ""
}

// AuthorityOf names the certificates that the peer is verified by.
func AuthorityOf(c *tlsv3.CommonTlsContext) (string, *tlsv3.CertificateValidationContext) {
	validation := c.GetValidationContext()
	secret := c.GetValidationContextSdsSecretConfig()
	if both := c.GetCombinedValidationContext(); both != nil {
		validation, secret = both.GetDefaultValidationContext(), both.GetValidationContextSdsSecretConfig()
	}
	switch {
	case secret != nil:
		return strings.TrimPrefix(secret.GetName(), "file-root:"), validation
	case validation.GetSystemRootCerts() != nil:
		return "system", validation
	}
	return bytesOf(validation.GetTrustedCa()), validation
}

// bytesOf returns where the bytes of a certificate are.
func bytesOf(d *corev3.DataSource) string {
	switch s := d.GetSpecifier().(type) {
	case *corev3.DataSource_Filename:
		return s.Filename
	case *corev3.DataSource_EnvironmentVariable:
		return "$" + s.EnvironmentVariable
	case *corev3.DataSource_InlineBytes, *corev3.DataSource_InlineString:
		return "inline"
	}
	return ""
}
