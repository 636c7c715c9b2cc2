package listener

import (
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// Accept takes a connection through its listener, a filter chain and the handshake. The outcome is nil where the filters
// of the chain go on with it.
func (e *Listeners) Accept(c *call.Connection, rec *decision.Recorder) (*Listener, *Chain, *decision.Outcome) {
	l, reason := e.find(c, rec.Hop.Direction)
	if virtual, ok := reason.(decision.VirtualListener); ok {
		e.place(virtual.Refused, rec.Places)
	}
	if l == nil {
		missing := e.missing(c)
		e.place(missing.Refused, rec.Places)
		reason = missing
		rec.Step("listener", "none", reason)
		rec.Rejects(func() []decision.Candidate { return e.rejected(c, nil, rec.Places) })
		return nil, nil, &decision.Outcome{Verdict: decision.NoListener, Err: "no listener matched", Reason: reason}
	}
	rec.Hop.Listener = l.name
	rec.Step("listener", l.name, reason, decision.At(l.Addr))
	rec.Rejects(func() []decision.Candidate { return e.rejected(c, l, rec.Places) })
	rec.NotModelled(l.unsupported...)
	rec.NotModelled(e.port(uint32(c.Destination.Port())).rivals...)
	seen := inspect(l.inspectors, c)
	chain := l.chain(c, &seen)
	if chain == nil {
		missing := decision.NoChain{Detected: seen, Similar: l.similarChain(&seen)}
		rec.Step("filterChain", "none", missing, decision.At(l.Addr))
		rec.Rejects(func() []decision.Candidate { return l.rejected(c, &seen, nil, rec.Places) })
		return l, nil, &decision.Outcome{Verdict: decision.NoFilterChain, Flags: "NR", Err: "no filter chains matched", Reason: missing}
	}
	rec.Hop.FilterChain, rec.Hop.Facts.Chain = chain.name, chain.Addr
	rec.NotModelled(chain.unsupported...)
	rec.Step("filterChain", chain.label, l.chainReason(c, chain, &seen), decision.Part(chain.Addr, "match"), decision.At(chain.Addr))
	rec.Attribute(decision.Part(chain.Addr, "listener"), c.Destination.Port(), "listener")
	rec.Rejects(func() []decision.Candidate { return l.rejected(c, &seen, chain, rec.Places) })
	return l, chain, handshake(c, chain, rec)
}

// handshake decrypts the connection where the chain does that.
func handshake(c *call.Connection, chain *Chain, rec *decision.Recorder) *decision.Outcome {
	if chain.tls == nil {
		return nil
	}
	if failure := chain.tls.refuses(c); failure != 0 {
		reason := decision.HandshakeRefused{Failure: failure, Principal: c.Principal}
		rec.Step("tls", "refused", reason, decision.Part(chain.Addr, "tls"))
		return &decision.Outcome{Verdict: decision.TLSMismatch, Err: failure.Error(), Reason: reason}
	}
	c.Decrypted = true
	if chain.tls.asks {
		c.Peer, c.Presented = c.Principal, c.Certificate
	}
	rec.Step("tls", "terminated", decision.Decrypted{Peer: c.Peer}, decision.Part(chain.Addr, "tls"))
	return nil
}
