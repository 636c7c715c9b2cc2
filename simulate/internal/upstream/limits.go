package upstream

import (
	"slices"
	"strings"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
)

// limits adds what the cluster says to the hop's policy.
func (r *Forwarder) limits(c *cluster) {
	p := r.Policy()
	p.LoadBalancer, p.ConnectionPool, p.OutlierDetection = c.balancer, c.pool, c.outlier
	if c.balancer != "RING_HASH" && c.balancer != "MAGLEV" {
		p.HashKey = ""
	}
	r.limit(c, "connectionPool", "pool", poolOrder, c.pool, "counted by this proxy for this cluster alone")
	r.limit(c, "outlierDetection", "outlier", outlierOrder, c.outlier, "endpoints that this proxy sees fail so are left out for a while")
}

// usualConnectTimeout is that of every cluster of Istio's.
const usualConnectTimeout = "10s"

// limit records settings of a cluster that somebody asked for, in a certain order.
func (r *Forwarder) limit(c *cluster, stage, name string, order []string, values map[string]string, because string) {
	at := decision.Part(c.Addr, name)
	if !slices.ContainsFunc(r.Places.PlacesOf(at), func(p decision.Place) bool { return p.Role != string(envoy.Overridden) }) {
		return
	}
	var parts []string
	for _, key := range order {
		if v := values[key]; v != "" && !(key == "connectTimeout" && v == usualConnectTimeout) {
			parts = append(parts, key+" "+v)
		}
	}
	if len(parts) > 0 {
		r.Step(stage, strings.Join(parts, ", "), because, at)
	}
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
	because := "after which silence the connection is closed"
	if len(ways) > 1 {
		because += "; that of the first destination holds for all"
	}
	r.Step("idleTimeout", after, because)
	r.Hop.Steps[len(r.Hop.Steps)-1].Origins = places
}
