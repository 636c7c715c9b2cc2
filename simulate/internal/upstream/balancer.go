package upstream

import (
	"math"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"

	"sem.example/internal/envoy"
)

// balancerOf names the load balancer in the words of the trace document.
func balancerOf(c *clusterv3.Cluster) string {
	if policies := c.GetLoadBalancingPolicy().GetPolicies(); len(policies) > 0 {
		return envoy.ShortType(envoy.TypeOf(policies[0].GetTypedExtensionConfig().GetTypedConfig()))
	}
	return c.GetLbPolicy().String()
}

// balance gives each endpoint its part of the cluster's requests, 0 to 1, and drops those that receive none.
//
// Priorities come first: each takes what its healthy endpoints can bear, which is 1.4 times their part of all by
// default, and leaves the rest to the next. Within a priority the requests go by the weights of localities, where the
// cluster asks for that, and then by those of endpoints.
func balance(c *clusterv3.Cluster, load *endpointv3.ClusterLoadAssignment, all []Endpoint) []Endpoint {
	b := loadBalance{cluster: c, factor: 140, all: all, panicBelow: 50}
	if f := load.GetPolicy().GetOverprovisioningFactor(); f != nil {
		b.factor = float64(f.GetValue())
	}
	if p := c.GetCommonLbConfig().GetHealthyPanicThreshold(); p != nil {
		b.panicBelow = p.GetValue()
	}
	b.localities = map[localityKey]float64{}
	for _, l := range load.GetEndpoints() {
		b.localities[localityKey{l.GetPriority(), localityText(l.GetLocality())}] += float64(l.GetLoadBalancingWeight().GetValue())
	}
	return b.run()
}

type loadBalance struct {
	cluster    *clusterv3.Cluster
	factor     float64 // overprovisioning, percent
	panicBelow float64 // percent of healthy endpoints
	all        []Endpoint
	localities map[localityKey]float64
}

func (b *loadBalance) run() []Endpoint {
	var out []Endpoint
	for _, p := range b.priorities() {
		members := b.members(p)
		weights := b.weights(members)
		var total float64
		for _, w := range weights {
			total += w
		}
		for i, m := range members {
			if weights[i] > 0 {
				m.Share = math.Round(1e9*p.load*weights[i]/total) / 1e9
				out = append(out, m)
			}
		}
	}
	return out
}

// A priorityLoad is the load of one priority on endpoints of one state.
type priorityLoad struct {
	priority uint32
	degraded bool
	panics   bool // every endpoint is used, healthy or not
	load     float64
}

// maxPriority is the largest that Envoy accepts.
const maxPriority = 128

// priorities spreads the load: healthy endpoints of all priorities come before degraded ones.
func (b *loadBalance) priorities() []priorityLoad {
	last := uint32(0)
	for _, h := range b.all {
		last = min(max(last, h.Priority), maxPriority)
	}
	var healthy, degraded []float64
	var total float64
	for p := range last + 1 {
		h, d := b.capacity(p)
		healthy, degraded = append(healthy, h), append(degraded, d)
		total += h + d
	}
	if total = min(total, 100); total == 0 {
		return []priorityLoad{{priority: 0, load: 1, panics: b.panicBelow > 0}}
	}
	var out []priorityLoad
	left := 1.0
	for state, capacities := range [][]float64{healthy, degraded} {
		for p, capacity := range capacities {
			load := min(left, capacity/total)
			left -= load
			if load > 0 {
				panics := total < 100 && b.healthyPercent(uint32(p)) < b.panicBelow
				out = append(out, priorityLoad{uint32(p), state == 1, panics, load})
			}
		}
	}
	return out
}

// capacity is the load that the healthy and the degraded endpoints of a priority can bear, in percent.
func (b *loadBalance) capacity(priority uint32) (healthy, degraded float64) {
	var all, good, poor float64
	for _, h := range b.all {
		if h.Priority != priority {
			continue
		}
		all++
		switch {
		case h.degraded():
			poor++
		case h.healthy():
			good++
		}
	}
	if all == 0 {
		return 0, 0
	}
	return min(100, b.factor*good/all), min(100, b.factor*poor/all)
}

func (b *loadBalance) healthyPercent(priority uint32) float64 {
	healthy, degraded := (&loadBalance{all: b.all, factor: 100}).capacity(priority)
	return healthy + degraded
}

// members are the endpoints that a portion of the load goes to.
func (b *loadBalance) members(p priorityLoad) []Endpoint {
	var out []Endpoint
	for _, h := range b.all {
		if h.Priority == p.priority && (p.panics || h.healthy() && !p.degraded || h.degraded() && p.degraded) {
			out = append(out, h)
		}
	}
	return out
}

// weights are the relative shares of the members.
func (b *loadBalance) weights(members []Endpoint) []float64 {
	uniform := b.cluster.GetLbPolicy() == clusterv3.Cluster_RANDOM
	weights := make([]float64, len(members))
	sums := map[localityKey]float64{}
	for i, m := range members {
		weights[i] = float64(m.Weight)
		if uniform {
			weights[i] = 1
		}
		sums[m.place] += weights[i]
	}
	if b.cluster.GetCommonLbConfig().GetLocalityWeightedLbConfig() == nil {
		return weights
	}
	for i, m := range members {
		weights[i] *= b.localityWeight(m.place) / sums[m.place]
	}
	return weights
}

// localityWeight is the weight of a locality, less where few of its endpoints are healthy.
func (b *loadBalance) localityWeight(k localityKey) float64 {
	var all, good float64
	for i := range b.all {
		if b.all[i].place == k {
			all++
			if b.all[i].healthy() {
				good++
			}
		}
	}
	return b.localities[k] * min(1, b.factor/100*good/all)
}
