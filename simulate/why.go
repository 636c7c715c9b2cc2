package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
)

// words describes what the listener filters saw.
func (s *sight) words() string {
	var parts []string
	switch s.transport {
	case tlsBytes:
		parts = append(parts, "TLS")
		if s.sni != "" {
			parts = append(parts, "for "+s.sni)
		} else {
			parts = append(parts, "without a server name")
		}
		if len(s.alpn) > 0 {
			parts = append(parts, "offering "+strings.Join(s.alpn, ", "))
		}
	default:
		parts = append(parts, "plaintext")
		if len(s.alpn) > 0 {
			parts = append(parts, strings.Join(s.alpn, ", "))
		}
	}
	return strings.Join(parts, " ")
}

// chainBecause says what the chosen chain demands, or why it is left to the default chain.
func (r *run) chainBecause(l *listener, c *chain, s *sight) string {
	switch {
	case c.index >= 0:
		return c.says
	case r.conn.tls && s.transport == rawBuffer:
		return "no other filter chain takes what the client sends: TLS, which the listener does not look for here"
	}
	return "no other filter chain takes " + s.words() + l.nearChain(s)
}

// words says what the chain demands.
func (c *chain) words() string {
	var parts []string
	m := c.match
	if p := m.GetDestinationPort().GetValue(); p != 0 {
		parts = append(parts, fmt.Sprintf("destination port %d", p))
	}
	for _, p := range c.to {
		parts = append(parts, "destination "+p.String())
	}
	if names := m.GetServerNames(); len(names) > 0 {
		parts = append(parts, "server name "+some(names, 3))
	}
	if kind := bytesWords(m); kind != "" {
		parts = append(parts, kind)
	}
	if len(parts) == 0 {
		return "takes every connection"
	}
	return "takes " + strings.Join(parts, ", ")
}

// bytesWords says what bytes a chain demands: "TLS that offers istio, h2", "plaintext HTTP".
func bytesWords(m *listenerv3.FilterChainMatch) string {
	protocols := m.GetApplicationProtocols()
	plain := m.GetTransportProtocol() == rawBuffer
	switch {
	case plain && len(protocols) == 0:
		return "plaintext"
	case plain && slices.Contains(protocols, http11):
		return "plaintext HTTP"
	case plain:
		return "plaintext of " + some(protocols, 5)
	case m.GetTransportProtocol() == "" && len(protocols) == 0:
		return ""
	}
	kind := cmp.Or(strings.ToUpper(m.GetTransportProtocol()), "TLS")
	if len(protocols) > 0 {
		kind += " that offers " + some(protocols, 2)
	}
	return kind
}

// rejectedChains tells for each chain that was not chosen the first property in which it lost.
func (r *run) rejectedChains(l *listener, s *sight, chosen *chain) []Candidate {
	lost := map[*chain]string{}
	rest := l.chains
	for _, t := range chainTests {
		next := best(rest, t, &r.conn, s)
		for _, c := range rest {
			if !anyOf(next, func(other *chain) bool { return other == c }) {
				lost[c] = t.property + lostBecause(t.rank(c, &r.conn, s))
			}
		}
		rest = next
	}
	var out []Candidate
	for _, c := range l.chains {
		if c == chosen {
			continue
		}
		because := lost[c]
		if because == "" {
			because = "an earlier filter chain has the same match; Envoy refuses a listener with two such chains"
		}
		out = append(out, Candidate{Candidate: c.label, Because: because, Origin: r.engine.originOf(at(c.addr))})
	}
	return out
}

func lostBecause(rank int) string {
	if rank < 0 {
		return " does not match"
	}
	return " is matched more closely by another"
}

// rejectedRoutes tells for each route before the chosen one the first condition that the request fails, and that those
// after it were not asked.
func (x *exchange) rejectedRoutes(chosen *route) []Candidate {
	var out []Candidate
	asked := true
	for _, t := range x.host.routes {
		if t == chosen {
			asked = false
			continue
		}
		because, says := "an earlier route matches", ""
		if asked {
			says, _ = t.matches(x.req)
			because = "not so: " + says
			if near := t.near(x.req); near != "" {
				because += "; " + near
			}
		}
		if says == "" && asked {
			because = "its runtime fraction lets the request pass by"
		}
		out = append(out, Candidate{Candidate: t.label, Because: because, Origin: x.engine.originOf(at(t.addr))})
	}
	return out
}

// words describes a handshake that went well.
func (t *termination) words(peer string) string {
	if peer != "" {
		return "the proxy decrypts; the client is " + peer
	}
	return "the proxy decrypts; the client is not known"
}

// chosen names the encryption in a step.
func (t *TLS) chosen() string {
	switch t.OriginatedBy {
	case byProxy:
		return t.Mode
	case byApplication:
		return "the application's own"
	}
	return "plaintext"
}

// because says why the encryption is what it is.
func (t *TLS) because(s *originator) string {
	switch {
	case t.OriginatedBy == byApplication:
		return "passed on unread"
	case t.OriginatedBy == byNobody:
		return "the proxy does not encrypt"
	case s != nil && s.name != "":
		return "by the proxy; the endpoint is labelled for " + s.name
	}
	return "by the proxy"
}
