package simulate

import (
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// A termination is how a filter chain decrypts its connections.
type termination struct {
	mutual   bool // a client certificate is required
	asks     bool // a client certificate is asked for
	subjects []*matcherv3.StringMatcher
	server   string // the names of certificate and authorities, for the step
	mute     bool   // no version of TLS is within the bounds that are set
}

// newTermination reads the transport socket of a filter chain; it is nil where the chain does not decrypt.
func newTermination(s *corev3.TransportSocket) *termination {
	c := &tlsv3.DownstreamTlsContext{}
	if s.GetTypedConfig().UnmarshalTo(c) != nil {
		return nil
	}
	certificate, _ := certificateOf(c.GetCommonTlsContext())
	authority, validation := authorityOf(c.GetCommonTlsContext())
	t := &termination{mutual: c.GetRequireClientCertificate().GetValue(), server: certificate, mute: mute(c.GetCommonTlsContext().GetTlsParams())}
	t.asks = t.mutual || authority != ""
	t.subjects = append(t.subjects, validation.GetMatchSubjectAltNames()...)
	for _, m := range validation.GetMatchTypedSubjectAltNames() {
		t.subjects = append(t.subjects, m.GetMatcher())
	}
	return t
}

// mute says whether the lowest version of TLS that is allowed is above the highest; Envoy's own bounds are 1.2 and 1.3.
func mute(p *tlsv3.TlsParameters) bool {
	lowest, highest := p.GetTlsMinimumProtocolVersion(), p.GetTlsMaximumProtocolVersion()
	if lowest == tlsv3.TlsParameters_TLS_AUTO {
		lowest = tlsv3.TlsParameters_TLSv1_2
	}
	if highest == tlsv3.TlsParameters_TLS_AUTO {
		highest = tlsv3.TlsParameters_TLSv1_3
	}
	return lowest > highest
}

// The errors of a TLS handshake.
const (
	errTLS    = "invalid TLS"
	errMutual = "invalid mTLS"
)

// refuses tells why a handshake fails: the error in the words of the trace document, and in a user's. Certificates
// are taken to be what their owners say they are.
func (t *termination) refuses(c *connection) (kind, why string) {
	switch {
	case !c.tls:
		return errTLS, "the proxy expects TLS here, but the client speaks plaintext"
	case t.mute:
		return errTLS, "the lowest version of TLS that the proxy allows is above the highest"
	case t.mutual && !c.certificate:
		return errMutual, "the proxy requires a client certificate, and the client shows none"
	case t.mutual && c.principal != "" && !t.knows(c.principal):
		return errMutual, "the client's identity " + c.principal + " is none that the proxy accepts"
	}
	return "", ""
}

// knows says whether a SPIFFE identity may be accepted. A certificate may bear other names beside it, of which a call
// does not tell, so only a list of SPIFFE identities can refuse one.
func (t *termination) knows(principal string) bool {
	return !anyOf(t.subjects, spiffe) || anyOf(t.subjects, func(m *matcherv3.StringMatcher) bool { return newTextMatch(m).test(principal) })
}

func spiffe(m *matcherv3.StringMatcher) bool {
	return strings.HasPrefix(m.GetExact()+m.GetPrefix(), "spiffe://")
}
