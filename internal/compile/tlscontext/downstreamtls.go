package tlscontext

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/security"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// The protocols that a proxy offers when it ends TLS.
var (
	offerHTTP = []string{"h2", "http/1.1"}
	offerTCP  = []string{"istio-peer-exchange", "h2", "http/1.1"} // the first lets proxies of the mesh exchange what they are
)

// MeshCiphers are what proxies of the mesh speak TLS 1.2 to each other with.
var MeshCiphers = []string{
	"ECDHE-ECDSA-AES256-GCM-SHA384",
	"ECDHE-RSA-AES256-GCM-SHA384",
	"ECDHE-ECDSA-AES128-GCM-SHA256",
	"ECDHE-RSA-AES128-GCM-SHA256",
	"AES256-GCM-SHA384",
	"AES128-GCM-SHA256",
}

// Socket ends the TLS of connections.
func Socket(t *tlsv3.DownstreamTlsContext) *corev3.TransportSocket {
	return &corev3.TransportSocket{
		Name:       "envoy.transport_sockets.tls",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: xds.Any(t)},
	}
}

// Inbound is how a sidecar ends the mutual TLS of the mesh: every identity of a trusted domain is let in.
func Inbound(view *mesh.View, http bool) *tlsv3.DownstreamTlsContext {
	offer := offerTCP
	if http {
		offer = offerHTTP
	}
	params := &tlsv3.TlsParameters{
		TlsMinimumProtocolVersion: tlsv3.TlsParameters_TLSv1_2,
		TlsMaximumProtocolVersion: tlsv3.TlsParameters_TLSv1_3,
		CipherSuites:              MeshCiphers,
	}
	set := view.Mesh.Settings.Config.GetMeshMTLS()
	if set.GetMinProtocolVersion() == meshconfig.MeshConfig_TLSConfig_TLSV1_3 {
		params.TlsMinimumProtocolVersion = tlsv3.TlsParameters_TLSv1_3
	}
	if set.GetCipherSuites() != nil {
		params.CipherSuites = set.GetCipherSuites()
	}
	var names []*matcherv3.StringMatcher
	for _, d := range security.TrustedDomains(view) {
		names = append(names, xds.Prefix("spiffe://"+d+"/", false))
	}
	return &tlsv3.DownstreamTlsContext{
		RequireClientCertificate: xds.True(),
		CommonTlsContext: &tlsv3.CommonTlsContext{
			AlpnProtocols:                  offer,
			TlsParams:                      params,
			TlsCertificateSdsSecretConfigs: []*tlsv3.SdsSecretConfig{WorkloadSecret(OwnCertificate)},
			ValidationContextType:          verify(&tlsv3.CertificateValidationContext{MatchSubjectAltNames: names}, WorkloadSecret(MeshRoots)),
		},
	}
}

// MeshOrigins are the fields of the mesh's settings that change its mutual TLS.
func MeshOrigins(view *mesh.View) []envoy.Origin {
	var out []envoy.Origin
	for _, field := range []string{"meshMTLS", "trustDomain", "trustDomainAliases", "caCertificates"} {
		out = append(out, origin.SettingTree(view, field)...)
	}
	return out
}

// verify checks the client's certificate against roots, and against further conditions.
func verify(also *tlsv3.CertificateValidationContext, roots *tlsv3.SdsSecretConfig) *tlsv3.CommonTlsContext_CombinedValidationContext {
	return &tlsv3.CommonTlsContext_CombinedValidationContext{
		CombinedValidationContext: &tlsv3.CommonTlsContext_CombinedCertificateValidationContext{
			DefaultValidationContext:         also,
			ValidationContextSdsSecretConfig: roots,
		},
	}
}
