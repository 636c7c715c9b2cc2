package upstream

import (
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// Select looks at a cluster; req is the request as it leaves, nil for bytes that are not read.
func (r *Forwarder) Select(name string, share float64, req *request.Request, destination decision.Ref) Selection {
	w := Selection{Share: share, Name: name, Cluster: r.Clusters.cluster(name), Req: req, destination: destination}
	if w.Cluster == nil {
		w.Outcome = r.Failed(decision.NoCluster, "NC", "cluster_not_found", r.Clusters.missing(name))
		return w
	}
	host := r.Ask
	if req != nil {
		host = req.Authority
	}
	if w.Endpoints = r.reach(w.Cluster, host); len(w.Endpoints) == 0 {
		w.Outcome = r.Failed(w.Cluster.failure(), "UH", "no_healthy_upstream", decision.NoEndpoint{Cluster: name})
		return w
	}
	w.TLS = r.Encryption(&w)
	w.Outcome = r.reached(&w)
	return w
}

// Encryption is the TLS of the way towards its likeliest endpoint.
func (r *Forwarder) Encryption(w *Selection) *decision.TLS {
	socket := Likeliest(w.Endpoints).Socket
	if socket == nil && r.Conn.Opaque() {
		return &decision.TLS{OriginatedBy: decision.ByApplication, SNI: r.Conn.SNI, ALPN: append([]string{}, r.Conn.ALPN...), SubjectAltNames: []string{}}
	}
	return w.Cluster.upstreamTLS(socket, w.Req)
}

// reached is the outcome where an endpoint is reached.
func (r *Forwarder) reached(w *Selection) decision.Outcome {
	switch {
	case r.Tunnelled:
		return decision.Outcome{Verdict: decision.Delivered} // what the upstream carries on is not for it to read
	case r.Conn.Opaque() && w.TLS.OriginatedBy == decision.ByProxy && w.TLS.Mode == decision.ModeIstioMutual:
		return decision.Outcome{Verdict: decision.Passthrough, Reason: decision.OwnTLSInMutual{}}
	case r.Conn.Opaque() && w.TLS.OriginatedBy == decision.ByProxy:
		return decision.Outcome{Verdict: decision.TLSMismatch, Err: decision.ErrDouble, Reason: decision.DoubleTLS{}}
	case w.Cluster.Passes():
		return decision.Outcome{Verdict: decision.Passthrough, Reason: decision.Unmatched{}}
	}
	return decision.Outcome{Verdict: decision.Delivered}
}

// Send records the likeliest of several ways in the hop, and all of them as branches.
func (r *Forwarder) Send(ways []Selection) decision.Outcome {
	if len(ways) == 0 {
		return r.Failed(decision.NoCluster, "NC", "cluster_not_found", decision.NoTarget{Action: true})
	}
	best := r.pickOne(ways)
	r.record(best)
	return best.Outcome
}

// pickOne returns the way that the call goes, and notes all of them as branches where there are several.
func (r *Forwarder) pickOne(ways []Selection) *Selection {
	if len(ways) > 1 && r.Call.Random == nil {
		for i := range ways {
			r.Hop.Branches = append(r.Hop.Branches, r.branch(&ways[i]))
		}
	}
	return &ways[r.Pick(ways)]
}

func (r *Forwarder) branch(w *Selection) decision.Branch {
	out := decision.Branch{Share: w.Share, Cluster: w.Name, Endpoints: r.listed(w), TLS: w.TLS, Rewrite: w.Rewrite, Headers: w.Headers, Verdict: w.Outcome.Verdict}
	if w.Cluster != nil {
		out.Policy = w.Cluster.policy(r.Hop.Policy)
	}
	return out
}

// record writes a way into the hop.
func (r *Forwarder) record(w *Selection) {
	r.Hop.Cluster = w.Name
	if w.Cluster == nil {
		r.Step("cluster", w.Name, r.Clusters.missing(w.Name), w.destination)
		return
	}
	r.Cluster, r.Endpoints, r.Leaving = w.Cluster, w.Endpoints, w.Req
	destination := w.Cluster.Destination
	r.Hop.Destination = &destination
	r.Step("cluster", w.Name, w.Cluster.kind(), decision.At(w.Cluster.Addr), w.destination)
	r.NotModelled(w.Cluster.unsupported...)
	r.limits(w.Cluster)
	if w.TLS != nil {
		r.Hop.TLS = w.TLS
		r.Step("tls", "", decision.UpstreamTLS{TLS: w.TLS, Match: Likeliest(w.Endpoints).Socket.match()}, decision.Part(w.Cluster.Addr, "tls"))
	}
	r.Hop.Endpoints = r.listed(w)
	r.Hop.Protocol = w.protocol()
	r.Step("endpoint", "", r.choice(w), w.dialled()...)
}

// protocol is what the upstream is spoken to in.
func (w *Selection) protocol() string {
	switch {
	case w.Req == nil:
		return ""
	case w.Cluster.SpeaksHTTP2(w.Req.Version):
		return "http/2"
	}
	return call.HTTP11
}

// dialled is the address of the likeliest endpoint, and of the choice of localities.
func (w *Selection) dialled() []decision.Ref {
	locality := decision.Part(w.Cluster.Addr, "locality")
	if len(w.Endpoints) == 0 {
		return []decision.Ref{locality}
	}
	return []decision.Ref{decision.Part(w.Cluster.Addr, "endpoint/"+Likeliest(w.Endpoints).At), locality}
}

// Announce notes the cluster that was chosen for a call which then ends before anything goes there.
func (r *Forwarder) Announce(ways []Selection) {
	if len(ways) > 0 {
		r.Hop.Cluster = r.pickOne(ways).Name
	}
}
