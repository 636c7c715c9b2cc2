package listener

import (
	"slices"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// chainReason is what the chosen chain demands, or why it is left to the default chain.
func (l *Listener) chainReason(conn *call.Connection, c *Chain, s *decision.Detected) decision.Reason {
	if c.index >= 0 {
		return c.demands
	}
	return decision.DefaultChain{Detected: *s, OwnTLS: conn.TLS && s.Transport == call.RawBuffer, Similar: l.similarChain(s)}
}

// rejected lists for each chain that was not chosen the first property in which it lost.
func (l *Listener) rejected(conn *call.Connection, s *decision.Detected, chosen *Chain, origins *decision.Origins) []decision.Candidate {
	lost := map[*Chain]decision.Reason{}
	rest := l.chains
	for _, t := range chainTests {
		next := best(rest, t, conn, s)
		for _, c := range rest {
			if !slices.Contains(next, c) {
				lost[c] = decision.UnmatchedProperty{Property: t.property, Closer: t.rank(c, conn, s) >= 0}
			}
		}
		rest = next
	}
	var out []decision.Candidate
	for _, c := range l.chains {
		if c == chosen {
			continue
		}
		reason := lost[c]
		if reason == nil {
			reason = decision.RepeatedMatch{}
		}
		out = append(out, decision.Candidate{Candidate: c.label, Reason: reason, Origin: origins.OriginOf(decision.At(c.Addr))})
	}
	return out
}

// similarChain is the first filter chain for the connection's server name that does not take it all the same.
func (l *Listener) similarChain(s *decision.Detected) *decision.SimilarChain {
	if s.SNI == "" {
		return nil
	}
	for _, c := range l.index.names[s.SNI] {
		return &decision.SimilarChain{Label: c.label, Match: c.demands}
	}
	return nil
}
