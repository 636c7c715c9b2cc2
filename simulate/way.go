package simulate

import (
	"fmt"
	"strconv"
)

// A way is one that a connection or a request may go: through a cluster to its endpoints.
type way struct {
	share     float64
	name      string
	cluster   *cluster // nil where there is none of that name
	endpoints []endpoint
	tls       *TLS // as it is with the likeliest endpoint
	req       *request
	rewrite   *Rewrite // what the request becomes on this way
	outcome   outcome
	target    spot // the destination that leads here
}

// way looks at a cluster; req is the request as it leaves, nil for bytes that are not read.
func (r *run) way(name string, share float64, req *request, target spot) way {
	w := way{share: share, name: name, cluster: r.engine.cluster(name), req: req, target: target}
	if w.cluster == nil {
		w.outcome = r.failed(NoCluster, "NC", "cluster_not_found", fmt.Sprintf("the cluster %q %s", name, r.engine.absence(name)))
		return w
	}
	host := r.ask
	if req != nil {
		host = req.authority
	}
	if w.endpoints = r.reach(w.cluster, host); len(w.endpoints) == 0 {
		w.outcome = r.failed(w.cluster.failure(), "UH", "no_healthy_upstream", fmt.Sprintf("the cluster %q has no endpoint that may be used", name))
		return w
	}
	w.tls = r.encryption(&w)
	w.outcome = r.arrives(&w)
	return w
}

// failed is the outcome where nobody is reached: an answer over HTTP, a closed connection without.
func (r *run) failed(v Verdict, flags, details, reason string) outcome {
	o := outcome{verdict: v, flags: flags, reason: reason}
	if r.req != nil {
		o.status, o.details = 503, details
	}
	return o
}

// encryption is the TLS of the way towards its likeliest endpoint.
func (r *run) encryption(w *way) *TLS {
	socket := likeliest(w.endpoints).socket
	if socket == nil && r.opaqueTLS() {
		return &TLS{OriginatedBy: byApplication, SNI: r.conn.sni, ALPN: append([]string{}, r.conn.alpn...), SubjectAltNames: []string{}}
	}
	return w.cluster.upstreamTLS(socket, w.req)
}

// arrives is the outcome where an endpoint is reached.
func (r *run) arrives(w *way) outcome {
	switch {
	case r.tunnelled:
		return outcome{verdict: Delivered} // what the upstream carries on is not for it to read
	case r.opaqueTLS() && w.tls.OriginatedBy == byProxy && w.tls.Mode == modeIstioMutual:
		return outcome{verdict: Passthrough, reason: "the application's own TLS travels inside the mesh's mutual TLS"}
	case r.opaqueTLS() && w.tls.OriginatedBy == byProxy:
		return outcome{verdict: TLSMismatch, err: errDouble, reason: "the application speaks TLS and the proxy wraps it in TLS once more"}
	case w.cluster.passes():
		return outcome{verdict: Passthrough, reason: "no rule of the mesh is about this destination"}
	}
	return outcome{verdict: Delivered}
}

// errDouble is the error of a connection that is encrypted twice.
const errDouble = "double TLS"

// take records the likeliest of several ways in the hop, and all of them as branches.
func (r *run) take(ways []way) outcome {
	if len(ways) == 0 {
		return r.failed(NoCluster, "NC", "cluster_not_found", "the route leads to no cluster")
	}
	best := r.choose(ways)
	r.follow(best)
	return best.outcome
}

// choose returns the way that the call goes, and notes all of them as branches where there are several.
func (r *run) choose(ways []way) *way {
	if len(ways) > 1 && r.call.Random == nil {
		for i := range ways {
			r.hop.Branches = append(r.hop.Branches, r.branch(&ways[i]))
		}
	}
	return &ways[r.pick(ways)]
}

func (r *run) branch(w *way) Branch {
	return Branch{Share: w.share, Cluster: w.name, Endpoints: r.listed(w.endpoints), TLS: w.tls, Rewrite: w.rewrite, Verdict: w.outcome.verdict}
}

// follow writes a way into the hop.
func (r *run) follow(w *way) {
	r.hop.Cluster = w.name
	if w.cluster == nil {
		r.step("cluster", w.name, "it "+r.engine.absence(w.name), w.target)
		return
	}
	r.via, r.ends, r.leaving = w.cluster, w.endpoints, w.req
	destination := w.cluster.destination
	r.hop.Destination = &destination
	r.step("cluster", w.name, w.cluster.says, at(w.cluster.addr), w.target)
	r.passes(w.cluster.unread)
	r.limits(w.cluster)
	if w.tls != nil {
		r.hop.TLS = w.tls
		r.step("tls", w.tls.chosen(), w.tls.because(likeliest(w.endpoints).socket), part(w.cluster.addr, "tls"))
	}
	r.hop.Endpoints = r.listed(w.endpoints)
	r.hop.Protocol = w.protocol()
	r.step("endpoint", reached(w.endpoints), r.spread(w), w.dialled()...)
}

// protocol is what the upstream is spoken to in.
func (w *way) protocol() string {
	switch {
	case w.req == nil:
		return ""
	case w.cluster.speaksHTTP2(w.req.version):
		return "http/2"
	}
	return http11
}

// dialled is the address of the likeliest endpoint, and of the choice of localities.
func (w *way) dialled() []spot {
	if len(w.endpoints) == 0 {
		return nil
	}
	return []spot{part(w.cluster.addr, "endpoint/"+likeliest(w.endpoints).at), part(w.cluster.addr, "locality")}
}

// reached names the endpoints in a step.
func reached(all []endpoint) string {
	switch len(all) {
	case 0:
		return "none"
	case 1:
		return all[0].at
	}
	return all[0].at + " and " + strconv.Itoa(len(all)-1) + " more"
}
