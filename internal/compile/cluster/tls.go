package cluster

import (
	"sync"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	rawbufferv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/raw_buffer/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/types/known/structpb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/tlscontext"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// matchTLSMode is the metadata of endpoints by which a cluster chooses the transport socket for each.
const matchTLSMode = "envoy.transport_socket_match"

// encrypt puts TLS into a cluster: what the policy asks for, or, where it asks for nothing, mutual TLS towards the
// endpoints that a sidecar answers for.
func encrypt(view *mesh.View, t *Mutable, d *destination) {
	tls, automatic := clientTLS(view, d)
	context, ok := upstreamTLS(view, t, d, tls)
	if !ok {
		return
	}
	t.TransportSocket = tlsSocket(context)
	if automatic && t.GetType() != clusterv3.Cluster_ORIGINAL_DST {
		t.TransportSocketMatches = []*clusterv3.Cluster_TransportSocketMatch{
			{Name: "tlsMode-istio", Match: mutualTLSMode(), TransportSocket: t.TransportSocket},
			{Name: "tlsMode-disabled", Match: &structpb.Struct{}, TransportSocket: plainSocket()},
		}
		t.TransportSocket = nil
	}
}

// mutualTLS is the TLS mode of an endpoint that a sidecar answers for.
const mutualTLS = "istio"

// mutualTLSMode is the match of such endpoints, and what they say of themselves. Many resources hold it, so it is made once.
var mutualTLSMode = sync.OnceValue(func() *structpb.Struct { return tlsMode(mutualTLS) })

func tlsMode(mode string) *structpb.Struct {
	return &structpb.Struct{Fields: map[string]*structpb.Value{"tlsMode": structpb.NewStringValue(mode)}}
}

// clientTLS returns the TLS settings for a destination, nil for none. Automatic settings hold only for the endpoints
// that take mutual TLS.
func clientTLS(view *mesh.View, d *destination) (tls *networking.ClientTLSSettings, automatic bool) {
	set := d.policy.TLS.Value
	switch {
	case set == nil && automaticTLS(view, d).Reason == Automatic:
		set, automatic = &networking.ClientTLSSettings{Mode: networking.ClientTLSSettings_ISTIO_MUTUAL}, true
	case set.GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL:
		return set, false
	}
	tls = &networking.ClientTLSSettings{
		Mode: set.GetMode(), Sni: set.GetSni(), SubjectAltNames: set.GetSubjectAltNames(), InsecureSkipVerify: set.GetInsecureSkipVerify(),
	}
	if d.dynamic() {
		return tls, automatic
	}
	if tls.Sni == "" {
		tls.Sni = xds.SNICluster(d.port.Number, d.subset, d.service.Host)
	}
	if tls.SubjectAltNames == nil {
		tls.SubjectAltNames = view.Identities(d.service)
	}
	return tls, automatic
}

// upstreamTLS turns settings into Envoy's. No context is plaintext; ok is false where the settings cannot work and
// istiod leaves the cluster as it is.
func upstreamTLS(view *mesh.View,
	t *Mutable, d *destination, tls *networking.ClientTLSSettings,
) (context *tlsv3.UpstreamTlsContext, ok bool) {
	switch {
	case withholdsCredential(view, d, tls):
		return nil, true
	case tls.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL:
		return meshTLS(view, t, d, tls), true
	case tls.GetMode() == networking.ClientTLSSettings_SIMPLE, tls.GetMode() == networking.ClientTLSSettings_MUTUAL:
		return serverTLS(view, t, d, tls)
	}
	return nil, true
}

// meshTLS is mutual TLS with the certificate of the workload.
func meshTLS(_ *mesh.View, t *Mutable, d *destination, tls *networking.ClientTLSSettings) *tlsv3.UpstreamTlsContext {
	common := &tlsv3.CommonTlsContext{
		TlsParams:                      meshParameters(),
		TlsCertificateSdsSecretConfigs: []*tlsv3.SdsSecretConfig{tlscontext.WorkloadSecret(tlscontext.OwnCertificate)},
		ValidationContextType:          tlscontext.Validation(tls.GetSubjectAltNames(), "", tlscontext.WorkloadSecret(tlscontext.MeshRoots)),
		AlpnProtocols:                  []string{"istio-peer-exchange", "istio"},
	}
	if t.http2() != nil {
		common.AlpnProtocols = append(common.AlpnProtocols, "h2")
	}
	sni := tls.GetSni()
	if d.dynamic() {
		t.verifyName(d, tls)
	} else if sni == "" {
		sni = d.name
	}
	return &tlsv3.UpstreamTlsContext{CommonTlsContext: common, Sni: sni}
}

// serverTLS is TLS with a server outside the mesh's own PKI; MUTUAL shows a certificate too.
func serverTLS(view *mesh.View, t *Mutable, d *destination, tls *networking.ClientTLSSettings) (*tlsv3.UpstreamTlsContext, bool) {
	t.verifyName(d, tls)
	names := tls.GetSubjectAltNames()
	if len(names) == 0 && !d.dynamic() && !d.service.Kubernetes() {
		names = view.Identities(d.service)
	}
	common := &tlsv3.CommonTlsContext{TlsParams: upstreamParameters()}
	mutual := tls.GetMode() == networking.ClientTLSSettings_MUTUAL
	switch {
	case tls.GetCredentialName() != "":
		credentials(common, tls, names, mutual)
		separateRoots(view, common, d, tls, names)
	case lacksCertificate(tls):
		return nil, false
	default:
		files(common, tls, names, mutual)
		separateRoots(view, common, d, tls, names)
	}
	tlsDefaults(view, t, common)
	if t.http2() != nil {
		common.AlpnProtocols = []string{"h2"}
	}
	return &tlsv3.UpstreamTlsContext{CommonTlsContext: common, Sni: tls.GetSni()}, true
}

// credentials takes certificates from the Secret or ConfigMap of a name.
func credentials(common *tlsv3.CommonTlsContext, tls *networking.ClientTLSSettings, names []string, mutual bool) {
	if mutual {
		common.TlsCertificateSdsSecretConfigs = []*tlsv3.SdsSecretConfig{tlscontext.CredentialSecret(tls.GetCredentialName())}
	}
	if !tls.GetInsecureSkipVerify().GetValue() {
		common.ValidationContextType = tlscontext.Validation(names, "", tlscontext.CredentialSecret(tls.GetCredentialName()+tlscontext.CACertSuffix))
	}
}

// separateRoots takes the roots from a Secret or ConfigMap that the rule names for them alone. As for credentialName,
// sidecars go without it unless the rule selects their workload.
func separateRoots(view *mesh.View, common *tlsv3.CommonTlsContext, d *destination, tls *networking.ClientTLSSettings, names []string) {
	roots := tls.GetCaCertCredentialName()
	if roots == "" || tls.GetInsecureSkipVerify().GetValue() || !view.IsGateway() && (d.rule == nil || d.rule.Selector == nil) {
		return
	}
	common.ValidationContextType = tlscontext.Validation(names, tls.GetCaCrl(), tlscontext.CredentialSecret(roots))
}

// files takes certificates from files that the proxy can read, and the roots of the system where none are named.
func files(common *tlsv3.CommonTlsContext, tls *networking.ClientTLSSettings, names []string, mutual bool) {
	if mutual {
		common.TlsCertificateSdsSecretConfigs = []*tlsv3.SdsSecretConfig{tlscontext.FileSecret(tls.GetClientCertificate(), tls.GetPrivateKey())}
	}
	if tls.GetInsecureSkipVerify().GetValue() {
		common.ValidationContextType = &tlsv3.CommonTlsContext_ValidationContext{}
		return
	}
	roots := tls.GetCaCertificates()
	if roots == "" {
		roots = "system"
	}
	common.ValidationContextType = tlscontext.Validation(names, tls.GetCaCrl(), tlscontext.RootFileSecret(roots))
}

// verifyName makes Envoy use the authority of a request as the SNI where the rule has none, and expect it in the
// server's certificate where the rule has no other names to expect.
func (t *Mutable) verifyName(d *destination, tls *networking.ClientTLSSettings) {
	sni := tls.GetSni() == ""
	san := !tls.GetInsecureSkipVerify().GetValue() && (d.dynamic() || sni && len(tls.GetSubjectAltNames()) == 0)
	if d.dynamic() && !(sni && san) {
		t.allowInsecure()
	}
	if !sni && !san {
		return
	}
	o := t.options()
	if o.UpstreamHttpProtocolOptions == nil {
		o.UpstreamHttpProtocolOptions = &corev3.UpstreamHttpProtocolOptions{}
	}
	o.UpstreamHttpProtocolOptions.AutoSni = o.UpstreamHttpProtocolOptions.AutoSni || sni
	o.UpstreamHttpProtocolOptions.AutoSanValidation = o.UpstreamHttpProtocolOptions.AutoSanValidation || san
}

// upstreamParameters are the versions of TLS that servers are offered.
func upstreamParameters() *tlsv3.TlsParameters {
	return &tlsv3.TlsParameters{
		TlsMinimumProtocolVersion: tlsv3.TlsParameters_TLSv1_2,
		TlsMaximumProtocolVersion: tlsv3.TlsParameters_TLSv1_3,
	}
}

var meshParameters = sync.OnceValue(upstreamParameters)

// tlsDefaults applies the mesh's choice of ciphers and curves.
func tlsDefaults(view *mesh.View, t *Mutable, common *tlsv3.CommonTlsContext) {
	t.setting("tls", "tlsDefaults")
	d := view.Mesh.Settings.Config.GetTlsDefaults()
	common.TlsParams.EcdhCurves = d.GetEcdhCurves()
	common.TlsParams.CipherSuites = d.GetCipherSuites()
}

func tlsSocket(context *tlsv3.UpstreamTlsContext) *corev3.TransportSocket {
	if context == nil {
		return nil
	}
	return &corev3.TransportSocket{
		Name:       "envoy.transport_sockets.tls",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: xds.Any(context)},
	}
}

// plainSocket is a transport socket without TLS.
var plainSocket = sync.OnceValue(func() *corev3.TransportSocket {
	return &corev3.TransportSocket{
		Name:       "envoy.transport_sockets.raw_buffer",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: xds.Any(&rawbufferv3.RawBuffer{})},
	}
})

func takesMutualTLS(m *endpointv3.LbEndpoint) bool {
	return m.GetMetadata().GetFilterMetadata()[matchTLSMode].GetFields()["tlsMode"].GetStringValue() == mutualTLS
}
