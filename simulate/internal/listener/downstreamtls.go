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

// excludesAllVersions reports whether the lowest version of TLS that is allowed is above the highest; Envoy's own bounds are 1.2 and 1.3.
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

// refuses is why a handshake fails, 0 where it does not. Certificates are taken to be what their owners claim.
func (t *downstreamTLS) refuses(c *call.Connection) decision.HandshakeFailure {
	switch {
	case !c.TLS:
		return decision.PlaintextClient
	case t.noVersion:
		return decision.NoTLSVersion
	case t.mutual && !c.Certificate:
		return decision.NoClientCertificate
	case t.mutual && c.Principal != "" && !t.knows(c.Principal):
		return decision.IdentityNotAccepted
	}
	return 0
}

// knows reports whether a SPIFFE identity may be accepted. A certificate may have other names beside it, of which a call
// does not tell, so only a list of SPIFFE identities can refuse one.
func (t *downstreamTLS) knows(principal string) bool {
	return !slices.ContainsFunc(t.subjects, spiffe) || slices.ContainsFunc(t.subjects, func(m *matcherv3.StringMatcher) bool { return match.NewText(m).Test(principal) })
}

func spiffe(m *matcherv3.StringMatcher) bool {
	return strings.HasPrefix(m.GetExact()+m.GetPrefix(), "spiffe://")
}
