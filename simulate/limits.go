package simulate

import (
	"fmt"
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
	if p.Timeout != "" {
		x.step("timeout", p.Timeout, "for all tries together", x.spot("timeout"))
	}
	if asked := len(x.engine.origins(x.spot("retry"))) > 0; asked && p.Retries == nil {
		x.step("retries", "none", "they are switched off", x.spot("retry"))
	} else if asked {
		x.step("retries", p.Retries.words(), "on "+strings.Join(p.Retries.On, ", "), x.spot("retry"))
	}
	for _, m := range p.Mirrors {
		x.step("mirror", m.Cluster, fmt.Sprintf("%g%% of the requests are copied to it", 100*m.Share), x.spot("mirror"))
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
