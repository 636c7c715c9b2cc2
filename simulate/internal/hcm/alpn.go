package hcm

import (
	"slices"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// overrideALPN offers the upstream what Istio's filter says, unless the cluster wants its own.
func overrideALPN(x *Stream, w *upstream.Selection) {
	if w.TLS == nil || w.TLS.OriginatedBy != decision.ByProxy || len(x.manager.alpn) == 0 || w.Cluster.KeepsALPN() {
		return
	}
	protocol := "HTTP11"
	if w.Cluster.SpeaksHTTP2(x.Req.Version) {
		protocol = "HTTP2"
	}
	if offer := x.manager.alpn[protocol]; offer != nil {
		w.TLS.ALPN = slices.Clone(offer)
	}
}
