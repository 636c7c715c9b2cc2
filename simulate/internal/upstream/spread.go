package upstream

import (
	"sem.example/simulate/decision"
)

// spreading says how connections are spread over the endpoints of a way.
func (r *Forwarder) spreading(w *Selection) string {
	c := w.Cluster
	switch {
	case c.Destination.Resolution == ByOriginal:
		return r.whereDialled(w)
	case c.Destination.Resolution == byDynamicDNS:
		return "the proxy resolves the name that is asked for"
	case len(w.Endpoints) == 0:
		return "the cluster has no endpoint that may be used" + c.standby.words()
	case len(w.Endpoints) == 1:
		return "the only one in use" + c.standby.words()
	}
	says := "spread by " + c.balancer
	if p := r.Hop.Policy; p != nil && p.HashKey != "" {
		says += " over " + p.HashKey
	}
	return says + c.standby.words()
}

// whereDialled is what becomes of a connection whose cluster has no address of its own.
func (r *Forwarder) whereDialled(w *Selection) string {
	says := "where the application dialled"
	if w.Req != nil && !w.Cluster.Passes() && r.Call.Direction == "outbound" {
		says += ", whatever the Host header asks for"
	}
	if e := Likeliest(w.Endpoints); e.Port == 80 && w.TLS != nil && w.TLS.OriginatedBy == decision.ByProxy {
		says += ": TLS on port 80, where servers expect plaintext"
	}
	return says
}
