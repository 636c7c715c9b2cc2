package upstream

import "sem.example/simulate/decision"

// choice is how the endpoints of a selection are chosen.
func (r *Forwarder) choice(w *Selection) decision.Reason {
	c := w.Cluster
	out := &decision.EndpointChoice{Resolution: c.Destination.Resolution, Balancer: c.balancer, Standby: c.standby}
	out.Endpoints = addresses(w.Endpoints)
	r.Addresses = out.Endpoints
	if p := r.Hop.Policy; p != nil {
		out.HashKey = p.HashKey
	}
	if c.Destination.Resolution == ByOriginal {
		out.AnyHost = w.Req != nil && !c.Passes() && r.Call.Direction == "outbound"
		out.TLSOn80 = Likeliest(w.Endpoints).Port == 80 && w.TLS != nil && w.TLS.OriginatedBy == decision.ByProxy
	}
	return out
}

func addresses(all []Endpoint) []string {
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].At
	}
	return out
}
