package explain

import (
	"slices"

	"sem.example/internal/clustername"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// addPeerPolicy puts the PeerAuthentication in force where a connection arrives before the other policies of the hop.
func (h *hop) addPeerPolicy() {
	port := h.arrivesAt()
	if h.Direction != "inbound" || port == 0 {
		return
	}
	mode, at := h.view.MutualTLS(port)
	if at.Object == nil {
		return
	}
	place := documentPlace(at)
	rule := simulate.PolicyRule{Kind: place.Kind, Namespace: place.Namespace, Name: place.Name, Action: mode.String(), Matched: true, Origin: &place}
	if v := h.Facts.Outcome.Verdict; v == simulate.NoFilterChain || v == simulate.TLSMismatch {
		rule.Matched, rule.Failed = false, &decision.FailedClause{Field: at.Field, Want: []string{mode.String()}, Got: bytesOf(&h.Facts.Client)}
	}
	h.Policies = slices.Insert(h.Policies, 0, rule)
}

// bytesOf is what a client sends, in words.
func bytesOf(c *decision.Client) string {
	if c.TLS {
		return "TLS"
	}
	return "plaintext"
}

// arrivesAt is the port of the workload that the connection of the hop is for, 0 where it is not known.
func (h *hop) arrivesAt() uint32 {
	if d, ok := clustername.Parse(h.Cluster); ok && d.Inbound() {
		return d.Port
	}
	i := slices.IndexFunc(h.trace.Hops, func(o simulate.Hop) bool { return o.Proxy.Name == h.Proxy.Name && o.Direction == h.Direction })
	if i > 0 && len(h.trace.Hops[i-1].Endpoints) > 0 {
		return h.trace.Hops[i-1].Endpoints[0].Port
	}
	return h.trace.Call.Port
}
