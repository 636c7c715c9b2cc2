package compile

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/envoy"
)

// The protocols that a proxy offers when it ends TLS.
var (
	offerHTTP = []string{"h2", "http/1.1"}
	offerTCP  = []string{"istio-peer-exchange", "h2", "http/1.1"} // the first lets proxies of the mesh exchange what they are
)

// meshCiphers are what proxies of the mesh speak TLS 1.2 to each other with.
var meshCiphers = []string{
	"ECDHE-ECDSA-AES256-GCM-SHA384",
	"ECDHE-RSA-AES256-GCM-SHA384",
	"ECDHE-ECDSA-AES128-GCM-SHA256",
	"ECDHE-RSA-AES128-GCM-SHA256",
	"AES256-GCM-SHA384",
	"AES128-GCM-SHA256",
}

// downstreamTLS ends the TLS of connections.
func downstreamTLS(t *tlsv3.DownstreamTlsContext) *corev3.TransportSocket {
	return &corev3.TransportSocket{
		Name:       "envoy.transport_sockets.tls",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: pack(t)},
	}
}

// inboundTLS is how a sidecar ends the mutual TLS of the mesh: every identity of a trusted domain is let in.
func (c *Compiler) inboundTLS(http bool) *tlsv3.DownstreamTlsContext {
	offer := offerTCP
	if http {
		offer = offerHTTP
	}
	params := &tlsv3.TlsParameters{
		TlsMinimumProtocolVersion: tlsv3.TlsParameters_TLSv1_2,
		TlsMaximumProtocolVersion: tlsv3.TlsParameters_TLSv1_3,
		CipherSuites:              meshCiphers,
	}
	set := c.view.Mesh.Settings.Config.GetMeshMTLS()
	if set.GetMinProtocolVersion() == meshconfig.MeshConfig_TLSConfig_TLSV1_3 {
		params.TlsMinimumProtocolVersion = tlsv3.TlsParameters_TLSv1_3
	}
	if set.GetCipherSuites() != nil {
		params.CipherSuites = set.GetCipherSuites()
	}
	var names []*matcherv3.StringMatcher
	for _, d := range c.trustedDomains() {
		names = append(names, startsWith("spiffe://"+d+"/", false))
	}
	return &tlsv3.DownstreamTlsContext{
		RequireClientCertificate: yes(),
		CommonTlsContext: &tlsv3.CommonTlsContext{
			AlpnProtocols:                  offer,
			TlsParams:                      params,
			TlsCertificateSdsSecretConfigs: []*tlsv3.SdsSecretConfig{workloadSecret(ownCertificate)},
			ValidationContextType:          verify(&tlsv3.CertificateValidationContext{MatchSubjectAltNames: names}, workloadSecret(meshRoots)),
		},
	}
}

// meshTLSOrigins are the fields of the mesh's settings that change its mutual TLS.
func (c *Compiler) meshTLSOrigins() []envoy.Origin {
	var out []envoy.Origin
	for _, field := range []string{"meshMTLS", "trustDomain", "trustDomainAliases", "caCertificates"} {
		out = append(out, c.meshSpelled(field)...)
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
