package render

import (
	"path"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/proto"
)

// A certFolder is the folder of the certificates that have no path of their own.
type certFolder string

// secrets replaces the secrets that a TLS context names by the files that hold them.
func (c certFolder) secrets(tls *tlsv3.CommonTlsContext) {
	for _, sds := range tls.GetTlsCertificateSdsSecretConfigs() {
		certificate, key := c.certificate(sds.GetName())
		tls.TlsCertificates = append(tls.TlsCertificates, &tlsv3.TlsCertificate{CertificateChain: file(certificate), PrivateKey: file(key)})
	}
	tls.TlsCertificateSdsSecretConfigs = nil

	switch v := tls.GetValidationContextType().(type) {
	case *tlsv3.CommonTlsContext_ValidationContextSdsSecretConfig:
		tls.ValidationContextType = c.validation(&tlsv3.CertificateValidationContext{}, v.ValidationContextSdsSecretConfig)
	case *tlsv3.CommonTlsContext_CombinedValidationContext:
		combined := v.CombinedValidationContext
		validation := &tlsv3.CertificateValidationContext{}
		if combined.GetDefaultValidationContext() != nil {
			validation = proto.Clone(combined.GetDefaultValidationContext()).(*tlsv3.CertificateValidationContext)
		}
		tls.ValidationContextType = c.validation(validation, combined.GetValidationContextSdsSecretConfig())
	}
}

func (c certFolder) validation(v *tlsv3.CertificateValidationContext, sds *tlsv3.SdsSecretConfig) *tlsv3.CommonTlsContext_ValidationContext {
	if sds != nil {
		v.TrustedCa = file(c.roots(sds.GetName()))
	}
	return &tlsv3.CommonTlsContext_ValidationContext{ValidationContext: v}
}

// systemRoots is where Debian and most container images keep the certificate authorities that a machine trusts.
const systemRoots = "/etc/ssl/certs/ca-certificates.crt"

// certificate returns the files of a certificate and its key. A secret of the form "file-cert:CERT~KEY" names them
// itself; for any other, such as the proxy's own "default" or "kubernetes://NAME", they are in the folder of
// certificates, under the secret's name.
func (c certFolder) certificate(secret string) (certificate, key string) {
	if files, ok := strings.CutPrefix(secret, "file-cert:"); ok {
		certificate, key, _ = strings.Cut(files, "~")
		return certificate, key
	}
	return c.file(secret, ".crt"), c.file(secret, ".key")
}

// roots returns the file of the certificates that a secret says to trust: of "file-root:FILE", "file-root:system",
// "ROOTCA" (the mesh's own), "kubernetes://NAME-cacert".
func (c certFolder) roots(secret string) string {
	name, ok := strings.CutPrefix(secret, "file-root:")
	switch {
	case !ok:
		return c.file(secret, ".crt")
	case name == "system":
		return systemRoots
	default:
		return name
	}
}

// file is the place of a secret in the folder of certificates: "certs/kubernetes/NAME.crt".
func (c certFolder) file(secret, extension string) string {
	return path.Join(string(c), path.Clean("/"+strings.Replace(secret, "://", "/", 1))) + extension
}

func file(name string) *corev3.DataSource {
	return &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: name}}
}
