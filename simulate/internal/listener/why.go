package listener

import (
	"slices"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// words describes what the listener filters saw.
func (s *detected) words() string {
	var parts []string
	switch s.transport {
	case call.TLSBytes:
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
func (l *Listener) chainBecause(conn *call.Connection, c *Chain, s *detected) string {
	switch {
	case c.index >= 0:
		return c.says
	case conn.TLS && s.transport == call.RawBuffer:
		return "no other filter chain takes what the client sends: TLS, which the listener does not look for here"
	}
	return "no other filter chain takes " + s.words() + l.nearChain(s)
}

// rejected tells for each chain that was not chosen the first property in which it lost.
func (l *Listener) rejected(conn *call.Connection, s *detected, chosen *Chain, places *decision.Origins) []decision.Candidate {
	lost := map[*Chain]string{}
	rest := l.chains
	for _, t := range chainTests {
		next := best(rest, t, conn, s)
		for _, c := range rest {
			if !slices.ContainsFunc(next, func(other *Chain) bool { return other == c }) {
				lost[c] = t.property + lostBecause(t.rank(c, conn, s))
			}
		}
		rest = next
	}
	var out []decision.Candidate
	for _, c := range l.chains {
		if c == chosen {
			continue
		}
		because := lost[c]
		if because == "" {
			because = "an earlier filter chain has the same match; Envoy refuses a listener with two such chains"
		}
		out = append(out, decision.Candidate{Candidate: c.label, Because: because, Origin: places.OriginOf(decision.At(c.Addr))})
	}
	return out
}

func lostBecause(rank int) string {
	if rank < 0 {
		return " does not match"
	}
	return " is matched more closely by another"
}

// nearChain is the first filter chain for the connection's server name that does not take it all the same, in words.
func (l *Listener) nearChain(s *detected) string {
	if s.sni == "" {
		return ""
	}
	for _, c := range l.index.names[s.sni] {
		return "; " + c.label + " is for this server name as well: it " + c.words()
	}
	return ""
}
