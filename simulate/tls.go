package simulate

import (
	"net/netip"
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	proxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/proxy_protocol/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// The TLS modes of the trace document.
const (
	modeDisable     = "DISABLE"
	modeSimple      = "SIMPLE"
	modeMutual      = "MUTUAL"
	modeIstioMutual = "ISTIO_MUTUAL"
)

// Who encrypts towards the upstream.
const (
	byProxy       = "proxy"
	byApplication = "application"
	byNobody      = "none"
)

// An originator is a transport socket that speaks TLS to the upstream. nil stands for plaintext.
type originator struct {
	name string // of the transport socket match that chose it, "" without one
	tls  TLS    // what is the same for every request
}

// mode is the TLS mode of an endpoint.
func (o *originator) mode() string {
	if o == nil {
		return modeDisable
	}
	return o.tls.Mode
}

// sockets chooses the transport socket of an endpoint.
type sockets struct {
	matches  []socketMatch
	fallback *originator
}

type socketMatch struct {
	labels map[string]*structpb.Value
	socket *originator
}

func newSockets(c *clusterv3.Cluster) sockets {
	s := sockets{fallback: newOriginator("", c.GetTransportSocket())}
	for _, m := range c.GetTransportSocketMatches() {
		s.matches = append(s.matches, socketMatch{m.GetMatch().GetFields(), newOriginator(m.GetName(), m.GetTransportSocket())})
	}
	return s
}

const socketLabels = "envoy.transport_socket_match"

// of takes the first match whose labels the endpoint's metadata, or that of its locality, bears.
func (s *sockets) of(l *endpointv3.LocalityLbEndpoints, h *endpointv3.LbEndpoint) *originator {
	labels := h.GetMetadata().GetFilterMetadata()[socketLabels].GetFields()
	if labels == nil {
		labels = l.GetMetadata().GetFilterMetadata()[socketLabels].GetFields()
	}
	for _, m := range s.matches {
		if m.accepts(labels) {
			return m.socket
		}
	}
	return s.fallback
}

func (m *socketMatch) accepts(labels map[string]*structpb.Value) bool {
	for key, want := range m.labels {
		if got, ok := labels[key]; !ok || !proto.Equal(got, want) {
			return false
		}
	}
	return true
}

// newOriginator reads a transport socket, also one within the PROXY protocol's; it is nil for plaintext.
func newOriginator(name string, s *corev3.TransportSocket) *originator {
	if outer := (&proxyv3.ProxyProtocolUpstreamTransport{}); s.GetTypedConfig().UnmarshalTo(outer) == nil {
		return newOriginator(name, outer.GetTransportSocket())
	}
	c := &tlsv3.UpstreamTlsContext{}
	if s.GetTypedConfig().UnmarshalTo(c) != nil {
		return nil
	}
	return &originator{name: name, tls: describe(c)}
}

// describe puts an upstream TLS context in the words of the trace document.
func describe(c *tlsv3.UpstreamTlsContext) TLS {
	common := c.GetCommonTlsContext()
	certificate, key := certificateOf(common)
	authority, validation := authorityOf(common)
	t := TLS{
		OriginatedBy: byProxy, Mode: modeSimple, SNI: c.GetSni(), ALPN: append([]string{}, common.GetAlpnProtocols()...),
		ClientCertificate: certificate, PrivateKey: key, CACertificates: authority,
		SubjectAltNames: subjectNames(validation),
		Verified:        authority != "" && validation.GetTrustChainVerification() != tlsv3.CertificateValidationContext_ACCEPT_UNTRUSTED,
	}
	if certificate != "" {
		t.Mode = modeMutual
	}
	if certificate == workloadCertificate && slices.Contains(t.ALPN, "istio") {
		t.Mode = modeIstioMutual
	}
	return t
}

// workloadCertificate is Istio's name for the certificate of the workload itself.
const workloadCertificate = "default"

// certificateOf names the client's certificate and its key.
func certificateOf(c *tlsv3.CommonTlsContext) (certificate, key string) {
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

// authorityOf names the certificates that the peer is verified by.
func authorityOf(c *tlsv3.CommonTlsContext) (string, *tlsv3.CertificateValidationContext) {
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

// bytesOf says where the bytes of a certificate are.
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

func subjectNames(v *tlsv3.CertificateValidationContext) []string {
	out := []string{}
	for _, m := range v.GetMatchTypedSubjectAltNames() {
		out = append(out, sanText(m))
	}
	for _, m := range v.GetMatchSubjectAltNames() {
		if exact := m.GetExact(); exact != "" {
			out = append(out, exact)
			continue
		}
		out = append(out, newTextMatch(m).says)
	}
	return out
}

func sanText(m *tlsv3.SubjectAltNameMatcher) string {
	if exact := m.GetMatcher().GetExact(); exact != "" {
		return exact
	}
	return newTextMatch(m.GetMatcher()).says
}

// upstreamTLS describes the encryption of one request through a socket. With automatic SNI it is the host that the
// upstream is asked for; an address is no server name, but may be a SAN.
func (c *cluster) upstreamTLS(s *originator, req *request) *TLS {
	if s == nil {
		return &TLS{Mode: modeDisable, OriginatedBy: byNobody, ALPN: []string{}, SubjectAltNames: []string{}}
	}
	t := s.tls
	options := c.http.GetUpstreamHttpProtocolOptions()
	if req == nil || options == nil {
		return &t
	}
	host := autoHost(options, req)
	if _, err := netip.ParseAddr(host); err != nil && options.GetAutoSni() && host != "" {
		t.SNI = host
	}
	if options.GetAutoSanValidation() && host != "" && t.CACertificates != "" {
		t.SubjectAltNames = append(slices.Clone(t.SubjectAltNames), host)
	}
	return &t
}

// autoHost is the host for automatic SNI and SANs.
func autoHost(o *corev3.UpstreamHttpProtocolOptions, req *request) string {
	authority := req.authority
	if name := o.GetOverrideAutoSniHeader(); name != "" {
		if value, ok := req.get(strings.ToLower(name)); ok && value != "" {
			authority = value
		}
	}
	host, _ := splitPort(authority)
	return host
}

// speaksHTTP2 says whether the cluster is talked to in HTTP/2, given what the client speaks.
func (c *cluster) speaksHTTP2(client string) bool {
	if c.http == nil {
		return c.proto.GetHttp2ProtocolOptions() != nil
	}
	switch o := c.http.GetUpstreamProtocolOptions().(type) {
	case *httpv3.HttpProtocolOptions_ExplicitHttpConfig_:
		return o.ExplicitHttpConfig.GetHttp2ProtocolOptions() != nil
	case *httpv3.HttpProtocolOptions_UseDownstreamProtocolConfig:
		return client == http2
	}
	return false
}
