package tlscontext

import (
	"slices"
	"unicode"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// Server translates the settings by which a server ends TLS.
func Server(view *mesh.View, set *networking.ServerTLSSettings, protocol mesh.Protocol) *tlsv3.DownstreamTlsContext {
	mode := set.GetMode()
	inMesh := mode == networking.ServerTLSSettings_ISTIO_MUTUAL
	ctx := &tlsv3.CommonTlsContext{AlpnProtocols: offerHTTP}
	if inMesh && !protocol.IsHTTP() && protocol != mesh.HTTPS {
		ctx.AlpnProtocols = offerTCP
	}
	if own := set.GetAlpnProtocols(); len(own) > 0 {
		ctx.AlpnProtocols = own
	}
	required := inMesh || mode == networking.ServerTLSSettings_MUTUAL
	switch verified := required || mode == networking.ServerTLSSettings_OPTIONAL_MUTUAL; {
	case inMesh:
		ctx.TlsCertificateSdsSecretConfigs = []*tlsv3.SdsSecretConfig{WorkloadSecret(OwnCertificate)}
		ctx.ValidationContextType = verifyClient(set, WorkloadSecret(MeshRoots))
	case len(set.GetCredentialNames()) > 0 || set.GetCredentialName() != "":
		showCredentials(ctx, set, verified)
	default:
		showFiles(ctx, set, verified)
	}
	if !inMesh {
		tlsParams(view, ctx, set)
	}
	out := &tlsv3.DownstreamTlsContext{CommonTlsContext: ctx, RequireClientCertificate: xds.False()}
	if required {
		out.RequireClientCertificate = xds.True()
	}
	return out
}

// showCredentials takes the server's certificates from Secrets, and the roots for clients' from the first one's
// companion unless another is named.
func showCredentials(ctx *tlsv3.CommonTlsContext, set *networking.ServerTLSSettings, verified bool) {
	names := set.GetCredentialNames()
	if len(names) == 0 {
		names = []string{set.GetCredentialName()}
	}
	for _, n := range names {
		ctx.TlsCertificateSdsSecretConfigs = append(ctx.TlsCertificateSdsSecretConfigs, CredentialSecret(n))
	}
	roots := names[0] + CACertSuffix
	if set.GetCaCertCredentialName() != "" {
		roots = set.GetCaCertCredentialName()
	}
	switch {
	case verified:
		check := clientNames(set)
		check.VerifyCertificateSpki, check.VerifyCertificateHash = set.GetVerifyCertificateSpki(), set.GetVerifyCertificateHash()
		ctx.ValidationContextType = accept(check, set, CredentialSecret(roots))
	case len(set.GetSubjectAltNames()) > 0:
		ctx.ValidationContextType = &tlsv3.CommonTlsContext_ValidationContext{ValidationContext: clientNames(set)}
	}
}

// showFiles takes certificates from files; where none are named the proxy's own stand in.
func showFiles(ctx *tlsv3.CommonTlsContext, set *networking.ServerTLSSettings, verified bool) {
	for _, pair := range set.GetTlsCertificates() {
		ctx.TlsCertificateSdsSecretConfigs = append(ctx.TlsCertificateSdsSecretConfigs, filePair(pair.GetServerCertificate(), pair.GetPrivateKey()))
	}
	if len(set.GetTlsCertificates()) == 0 {
		ctx.TlsCertificateSdsSecretConfigs = []*tlsv3.SdsSecretConfig{filePair(set.GetServerCertificate(), set.GetPrivateKey())}
	}
	if !verified {
		return
	}
	roots := WorkloadSecret(MeshRoots)
	if set.GetCaCertificates() != "" {
		roots = RootFileSecret(set.GetCaCertificates())
	}
	ctx.ValidationContextType = verifyClient(set, roots)
}

// filePair is a certificate and its key; both files have to be named.
func filePair(certificate, key string) *tlsv3.SdsSecretConfig {
	if certificate == "" || key == "" {
		return WorkloadSecret(OwnCertificate)
	}
	return FileSecret(certificate, key)
}

// clientNames are the names of which a client's certificate has to have one, if there are any.
func clientNames(set *networking.ServerTLSSettings) *tlsv3.CertificateValidationContext {
	var names []*matcherv3.StringMatcher
	for _, n := range set.GetSubjectAltNames() {
		names = append(names, xds.Exact(n, false))
	}
	return &tlsv3.CertificateValidationContext{MatchSubjectAltNames: names}
}

// verifyClient checks a client's certificate against roots, names and a list of certificates that were revoked.
func verifyClient(set *networking.ServerTLSSettings, roots *tlsv3.SdsSecretConfig) *tlsv3.CommonTlsContext_CombinedValidationContext {
	check := clientNames(set)
	if set.GetCaCrl() != "" {
		check.Crl = &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: set.GetCaCrl()}}
	}
	return accept(check, set, roots)
}

// accept lets clients with certificates of unknown roots in where the settings say so.
func accept(check *tlsv3.CertificateValidationContext, set *networking.ServerTLSSettings, roots *tlsv3.SdsSecretConfig) *tlsv3.CommonTlsContext_CombinedValidationContext {
	if set.GetInsecureSkipVerify().GetValue() {
		check.TrustChainVerification = tlsv3.CertificateValidationContext_ACCEPT_UNTRUSTED
	}
	return verify(check, roots)
}

// tlsParams sets the versions, ciphers and curves of TLS: the server's own, over the mesh's defaults. Envoy's are kept where
// neither says anything.
func tlsParams(view *mesh.View, ctx *tlsv3.CommonTlsContext, set *networking.ServerTLSSettings) {
	all := view.Mesh.Settings.Config.GetTlsDefaults()
	p := &tlsv3.TlsParameters{
		EcdhCurves:                all.GetEcdhCurves(),
		CipherSuites:              all.GetCipherSuites(),
		TlsMinimumProtocolVersion: tlsv3.TlsParameters_TlsProtocol(set.GetMinProtocolVersion()),
		TlsMaximumProtocolVersion: tlsv3.TlsParameters_TlsProtocol(set.GetMaxProtocolVersion()),
	}
	if own := set.GetEcdhCurves(); len(own) > 0 {
		p.EcdhCurves = own
	}
	if own := KnownCiphers(set.GetCipherSuites()); len(own) > 0 {
		p.CipherSuites = own
	}
	if p.TlsMinimumProtocolVersion == tlsv3.TlsParameters_TLS_AUTO {
		p.TlsMinimumProtocolVersion = meshVersions[all.GetMinProtocolVersion()]
	}
	if proto.Size(p) > 0 {
		ctx.TlsParams = p
	}
}

// meshVersions are Envoy's names of the versions that the mesh may demand.
var meshVersions = map[meshconfig.MeshConfig_TLSConfig_TLSProtocol]tlsv3.TlsParameters_TlsProtocol{
	meshconfig.MeshConfig_TLSConfig_TLSV1_2: tlsv3.TlsParameters_TLSv1_2,
	meshconfig.MeshConfig_TLSConfig_TLSV1_3: tlsv3.TlsParameters_TLSv1_3,
}

// ciphers are those of TLS 1.2 that Envoy knows. It would refuse a listener with any other.
var ciphers = []string{
	"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
	"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
	"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
	"ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
	"AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA", "DES-CBC3-SHA",
}

// KnownCiphers keeps of a list of ciphers, each once, those that Envoy knows, and expressions that add or remove some.
func KnownCiphers(suites []string) []string {
	var out []string
	for _, s := range suites {
		expression := s == "" || s == "ALL" || !unicode.IsLetter(rune(s[0])) && !unicode.IsNumber(rune(s[0]))
		if (expression || slices.Contains(ciphers, s)) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
