package listener

import (
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/tlscontext"
)

// A downstreamTLS is how a filter chain decrypts its connections.
type downstreamTLS struct {
	mutual    bool // a client certificate is required
	asks      bool // a client certificate is asked for
	subjects  []*matcherv3.StringMatcher
	server    string // the names of certificate and authorities, for the step
	noVersion bool   // no version of TLS is within the bounds that are set
}

// newDownstreamTLS reads the transport socket of a filter chain; it is nil where the chain does not decrypt.
func newDownstreamTLS(s *corev3.TransportSocket) *downstreamTLS {
	c := &tlsv3.DownstreamTlsContext{}
	if s.GetTypedConfig().UnmarshalTo(c) != nil {
		return nil
	}
	certificate, _ := tlscontext.CertificateOf(c.GetCommonTlsContext())
	authority, validation := tlscontext.AuthorityOf(c.GetCommonTlsContext())
	t := &downstreamTLS{mutual: c.GetRequireClientCertificate().GetValue(), server: certificate, noVersion: excludesAllVersions(c.GetCommonTlsContext().GetTlsParams())}
	t.asks = t.mutual || authority != ""
	t.subjects = append(t.subjects, validation.GetMatchSubjectAltNames()...)
	for _, m := range validation.GetMatchTypedSubjectAltNames() {
		t.subjects = append(t.subjects, m.GetMatcher())
	}
	return t
}

// excludesAllVersions says whether the lowest version of TLS that is allowed is above the highest; Envoy's own bounds are 1.2 and 1.3.
func excludesAllVersions(p *tlsv3.TlsParameters) bool {
	lowest, highest := p.GetTlsMinimumProtocolVersion(), p.GetTlsMaximumProtocolVersion()
	if lowest == tlsv3.TlsParameters_TLS_AUTO {
		lowest = tlsv3.TlsParameters_TLSv1_2
	}
	if highest == tlsv3.TlsParameters_TLS_AUTO {
		highest = tlsv3.TlsParameters_TLSv1_3
	}
	return lowest > highest
}

// refuses tells why a handshake fails: the error in the words of the trace document, and in a user's. Certificates
// are taken to be what their owners say they are.
func (t *downstreamTLS) refuses(c *call.Connection) (kind, why string) {
	switch {
	case !c.TLS:
		return decision.ErrTLS, "the proxy expects TLS here, but the client speaks plaintext"
	case t.noVersion:
		return decision.ErrTLS, "the lowest version of TLS that the proxy allows is above the highest"
	case t.mutual && !c.Certificate:
		return decision.ErrMutual, "the proxy requires a client certificate, and the client shows none"
	case t.mutual && c.Principal != "" && !t.knows(c.Principal):
		return decision.ErrMutual, "the client's identity " + c.Principal + " is none that the proxy accepts"
	}
	return "", ""
}

// knows says whether a SPIFFE identity may be accepted. A certificate may bear other names beside it, of which a call
// does not tell, so only a list of SPIFFE identities can refuse one.
func (t *downstreamTLS) knows(principal string) bool {
	return !slices.ContainsFunc(t.subjects, spiffe) || slices.ContainsFunc(t.subjects, func(m *matcherv3.StringMatcher) bool { return match.NewText(m).Test(principal) })
}

func spiffe(m *matcherv3.StringMatcher) bool {
	return strings.HasPrefix(m.GetExact()+m.GetPrefix(), "spiffe://")
}

// words describes a handshake that went well.
func (t *downstreamTLS) words(peer string) string {
	if peer != "" {
		return "the proxy decrypts; the client is " + peer
	}
	return "the proxy decrypts; the client is not known"
}
