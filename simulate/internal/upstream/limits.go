package upstream

import (
	"slices"
	"strings"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
)

// limits adds what the cluster says to the hop's policy.
func (r *Forwarder) limits(c *cluster) {
	r.Hop.Policy = c.policy(r.Hop.Policy)
	if set := r.asked(c, "pool", poolOrder, c.pool); len(set) > 0 {
		r.Step("connectionPool", "", decision.ConnectionLimits{Settings: set}, decision.Part(c.Addr, "pool"))
	}
	if set := r.asked(c, "outlier", outlierOrder, c.outlier); len(set) > 0 {
		r.Step("outlierDetection", "", decision.OutlierLimits{Settings: set}, decision.Part(c.Addr, "outlier"))
	}
}

// policy is that of a route, nil for none, with what the cluster says.
func (c *cluster) policy(route *decision.Policy) *decision.Policy {
	p := decision.Policy{}
	if route != nil {
		p = *route
	}
	p.LoadBalancer, p.ConnectionPool, p.OutlierDetection = c.balancer, c.pool, c.outlier
	if !c.Hashes() {
		p.HashKey = ""
	}
	return &p
}

// Hashes reports whether a hash of the request chooses the endpoint.
func (c *cluster) Hashes() bool { return c.balancer == "RING_HASH" || c.balancer == "MAGLEV" }

// usualConnectTimeout is that of every cluster of Istio's.
const usualConnectTimeout = "10s"

// asked are the settings of a cluster that somebody asked for, in a certain order.
func (r *Forwarder) asked(c *cluster, part string, order []string, values map[string]string) [][2]string {
	written := func(p decision.Place) bool { return p.Role != string(envoy.Overridden) }
	if !slices.ContainsFunc(r.Places.PlacesOf(decision.Part(c.Addr, part)), written) {
		return nil
	}
	var set [][2]string
	for _, key := range order {
		if v := values[key]; v != "" && !(key == "connectTimeout" && v == usualConnectTimeout) {
			set = append(set, [2]string{key, v})
		}
	}
	return set
}

// Idle records after which silence a TCP connection is closed, where somebody asked for that.
func (r *Forwarder) Idle(after string, ways []Selection) {
	if after == "" {
		return
	}
	r.Policy().IdleTimeout = after
	places := r.Places.Places(decision.Part(envoy.Cluster(ways[0].Name), "pool"))
	places = slices.DeleteFunc(places, func(p decision.Place) bool { return !strings.HasSuffix(p.Field, ".idleTimeout") })
	if len(places) == 0 {
		return
	}
	r.Step("idleTimeout", after, decision.IdleTimeout{Shared: len(ways) > 1})
	r.Hop.Steps[len(r.Hop.Steps)-1].Origins = places
}
