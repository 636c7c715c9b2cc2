package upstream

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// A Forwarder sends what leaves a proxy to its clusters.
type Forwarder struct {
	*decision.Recorder
	Clusters  *Clusters
	Call      *call.Call
	Conn      *call.Connection
	Req       *request.Request // the request as the proxy reads it, nil for bytes
	Ask       string           // the host and port that the proxy itself resolves, for a dynamic cluster
	Tunnelled bool             // the bytes travel inside a request to the upstream

	// What was chosen.
	Cluster   *cluster
	Endpoints []Endpoint
	Addresses []string         // of the endpoints, with ports
	Leaving   *request.Request // the HTTP request as it leaves
}

// A Selection is one that a connection or a request may go: through a cluster to its endpoints.
type Selection struct {
	Share       float64
	Name        string
	Cluster     *cluster // nil where there is none of that name
	Endpoints   []Endpoint
	TLS         *decision.TLS // as it is with the likeliest endpoint
	Req         *request.Request
	Rewrite     *decision.Rewrite // what the request becomes on this way
	Headers     *decision.HeaderOps
	Outcome     decision.Outcome
	destination decision.Ref // the destination that leads here
}

// Failed is the outcome where nobody is reached: an answer over HTTP, a closed connection without.
func (r *Forwarder) Failed(v decision.Verdict, flags, details string, reason decision.Reason) decision.Outcome {
	o := decision.Outcome{Verdict: v, Flags: flags, Reason: reason}
	if r.Req != nil {
		o.Status, o.Details = 503, details
	}
	return o
}

// listed are the endpoints of a way in the form of the trace document.
func (r *Forwarder) listed(w *Selection) []decision.Endpoint {
	all := w.Endpoints
	if len(all) == 0 {
		return nil
	}
	mixed := slices.ContainsFunc(all, func(e Endpoint) bool { return e.TLS != all[0].TLS })
	out := make([]decision.Endpoint, len(all))
	for i := range all {
		out[i] = all[i].Endpoint
		out[i].Resolved = r.resolved(&all[i].Endpoint)
		if mixed && all[i].Socket != nil {
			out[i].SNI = w.Cluster.upstreamTLS(all[i].Socket, w.Req).SNI
		}
	}
	return out
}

// resolved is the address that the call says DNS gives for an endpoint's name, "" where it says none.
func (r *Forwarder) resolved(e *decision.Endpoint) string {
	if len(r.Call.Resolve) == 0 || isAddress(e.Address) {
		return ""
	}
	host, port := strings.ToLower(e.Address), strconv.FormatUint(uint64(e.Port), 10)
	for _, key := range [...]string{host + ":" + port, host + ":*", "*:" + port, "*:*"} {
		if to := r.Call.Resolve[key]; to != "" {
			return to
		}
	}
	return ""
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// Found is an endpoint at the address that DNS gives for it, where the call says so.
func (r *Forwarder) Found(to *Endpoint) decision.Endpoint {
	e := to.Endpoint
	if address := r.resolved(&e); address != "" {
		e.Address = address
	}
	return e
}
