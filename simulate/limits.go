package simulate

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/envoy"
)

// limits adds what the cluster says to the hop's policy.
func (r *run) limits(c *cluster) {
	p := r.policy()
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
func (r *run) limit(c *cluster, stage, name string, order []string, values map[string]string, because string) {
	at := part(c.addr, name)
	if !anyOf(r.engine.placesOf(at), func(p Place) bool { return p.Role != string(envoy.Overridden) }) {
		return
	}
	var parts []string
	for _, key := range order {
		if v := values[key]; v != "" && !(key == "connectTimeout" && v == usualConnectTimeout) {
			parts = append(parts, key+" "+v)
		}
	}
	if len(parts) > 0 {
		r.step(stage, strings.Join(parts, ", "), because, at)
	}
}

// idle records after which silence a TCP connection is closed, where somebody asked for that.
func (r *run) idle(after string, targets []weighted) {
	if after == "" {
		return
	}
	r.policy().IdleTimeout = after
	places := r.engine.origins(part(envoy.Cluster(targets[0].cluster), "pool"))
	places = slices.DeleteFunc(places, func(p Place) bool { return !strings.HasSuffix(p.Field, ".idleTimeout") })
	if len(places) == 0 {
		return
	}
	because := "after which silence the connection is closed"
	if len(targets) > 1 {
		because += "; that of the first destination holds for all"
	}
	r.step("idleTimeout", after, because)
	r.hop.Steps[len(r.hop.Steps)-1].Origins = places
}

// policy is the hop's policy, made when it is first needed.
func (r *run) policy() *Policy {
	if r.hop.Policy == nil {
		r.hop.Policy = &Policy{}
	}
	return r.hop.Policy
}

// limited records the route's limits: those that somebody asked for, not what every route has by default.
func (x *exchange) limited() {
	p := &x.route.action.policy
	if p.Retries != nil && x.engine.why && len(x.engine.origins(x.spot("retry"))) == 0 {
		x.step("retries", p.Retries.words(), "on "+strings.Join(p.Retries.On, ", ")+"; nobody asked for them, they are the default")
	}
	if p.Timeout != "" {
		x.step("timeout", p.Timeout, "for all tries together", x.spot("timeout"))
	}
	if asked := len(x.engine.origins(x.spot("retry"))) > 0; asked && p.Retries == nil {
		x.step("retries", "none", "they are switched off", x.spot("retry"))
	} else if asked {
		x.step("retries", p.Retries.words(), "on "+strings.Join(p.Retries.On, ", "), x.spot("retry"))
	}
	for _, m := range p.Mirrors {
		x.step("mirror", m.Cluster, fmt.Sprintf("%g%% of the requests are copied to it%s", 100*m.Share, m.shadow()), x.spot("mirror"))
	}
}

func (r *Retries) words() string {
	out := fmt.Sprintf("up to %d", r.Attempts)
	if r.PerTryTimeout != "" {
		out += ", " + r.PerTryTimeout + " each try"
	}
	return out
}

// targetAt is the address of the n-th destination of a route or a filter chain.
func targetAt(of envoy.Addr, n int) spot { return part(of, targetNames[min(n, len(targetNames)-1)]) }

// targetNames are made once, for there are few.
var targetNames = func() (names [64]string) {
	for i := range names {
		names[i] = fmt.Sprintf("target/%d", i)
	}
	return names
}()
