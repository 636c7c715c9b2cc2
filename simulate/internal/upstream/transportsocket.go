package upstream

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	proxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/proxy_protocol/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/tlscontext"
)

// An transportSocket is a transport socket that speaks TLS to the upstream. nil stands for plaintext.
type transportSocket struct {
	name string       // of the transport socket match that chose it, "" without one
	tls  decision.TLS // what is the same for every request
}

// mode is the TLS mode of an endpoint.
func (o *transportSocket) mode() string {
	if o == nil {
		return decision.ModeDisable
	}
	return o.tls.Mode
}

// match is the transport socket match that chose the socket, "" without one.
func (o *transportSocket) match() string {
	if o == nil {
		return ""
	}
	return o.name
}

// sockets chooses the transport socket of an endpoint.
type sockets struct {
	matches  []socketMatch
	fallback *transportSocket
}

type socketMatch struct {
	labels map[string]*structpb.Value
	socket *transportSocket
}

func newSockets(c *clusterv3.Cluster) sockets {
	s := sockets{fallback: newTransportSocket("", c.GetTransportSocket())}
	for _, m := range c.GetTransportSocketMatches() {
		s.matches = append(s.matches, socketMatch{m.GetMatch().GetFields(), newTransportSocket(m.GetName(), m.GetTransportSocket())})
	}
	return s
}

const socketLabels = "envoy.transport_socket_match"

// of takes the first match whose labels the endpoint's metadata, or that of its locality, has.
func (s *sockets) of(l *endpointv3.LocalityLbEndpoints, h *endpointv3.LbEndpoint) *transportSocket {
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

// newTransportSocket reads a transport socket, also one within the PROXY protocol's; it is nil for plaintext.
func newTransportSocket(name string, s *corev3.TransportSocket) *transportSocket {
	if outer := (&proxyv3.ProxyProtocolUpstreamTransport{}); s.GetTypedConfig().UnmarshalTo(outer) == nil {
		return newTransportSocket(name, outer.GetTransportSocket())
	}
	c := &tlsv3.UpstreamTlsContext{}
	if s.GetTypedConfig().UnmarshalTo(c) != nil {
		return nil
	}
	return &transportSocket{name: name, tls: describe(c)}
}

// describe puts an upstream TLS context in the words of the trace document.
func describe(c *tlsv3.UpstreamTlsContext) decision.TLS {
	common := c.GetCommonTlsContext()
	certificate, key := tlscontext.CertificateOf(common)
	authority, validation := tlscontext.AuthorityOf(common)
	t := decision.TLS{
		OriginatedBy: decision.ByProxy, Mode: decision.ModeSimple, SNI: c.GetSni(), ALPN: append([]string{}, common.GetAlpnProtocols()...),
		ClientCertificate: certificate, PrivateKey: key, CACertificates: authority,
		SubjectAltNames: subjectNames(validation),
		Verified:        authority != "" && validation.GetTrustChainVerification() != tlsv3.CertificateValidationContext_ACCEPT_UNTRUSTED,
	}
	if certificate != "" {
		t.Mode = decision.ModeMutual
	}
	if certificate == workloadCertificate && slices.Contains(t.ALPN, "istio") {
		t.Mode = decision.ModeIstioMutual
	}
	return t
}

// workloadCertificate is Istio's name for the certificate of the workload itself.
const workloadCertificate = "default"

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
		out = append(out, match.NewText(m).Says.String())
	}
	return out
}

func sanText(m *tlsv3.SubjectAltNameMatcher) string {
	if exact := m.GetMatcher().GetExact(); exact != "" {
		return exact
	}
	return match.NewText(m.GetMatcher()).Says.String()
}
