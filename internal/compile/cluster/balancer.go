package cluster

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
)

// balance chooses how a cluster picks one of its endpoints: first among localities, then within.
func (t *Mutable) balance(view *mesh.View, d *destination, where placement, groups []*group) {
	lb := d.policy.LoadBalancer.Value
	if t.CommonLbConfig.HealthyPanicThreshold == nil && sendsUnhealthy(view, d.service) {
		t.CommonLbConfig.HealthyPanicThreshold = &typev3.Percent{}
	}
	where.prefer(t)
	if len(groups) > 0 {
		t.LoadAssignment = load(d.name, where.place(groups, t.OutlierDetection != nil))
	}
	if t.GetType() == clusterv3.Cluster_ORIGINAL_DST {
		return // there is nothing to choose from
	}
	t.choose(lb)
	t.hash(lb.GetConsistentHash())
	t.weighByLoad(lb.GetBackendUtilization())
}

// choose sets the algorithm. The endpoint with the fewest requests is taken where no other is asked for.
func (t *Mutable) choose(lb *networking.LoadBalancerSettings) {
	switch lb.GetSimple() {
	case networking.LoadBalancerSettings_RANDOM:
		t.LbPolicy = clusterv3.Cluster_RANDOM
	case networking.LoadBalancerSettings_ROUND_ROBIN:
		t.LbPolicy = clusterv3.Cluster_ROUND_ROBIN
		if slow := warmup(lb); slow != nil {
			t.LbConfig = &clusterv3.Cluster_RoundRobinLbConfig_{
				RoundRobinLbConfig: &clusterv3.Cluster_RoundRobinLbConfig{SlowStartConfig: slow},
			}
		}
	case networking.LoadBalancerSettings_PASSTHROUGH:
		t.LbPolicy = clusterv3.Cluster_CLUSTER_PROVIDED
		t.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: clusterv3.Cluster_ORIGINAL_DST}
		t.LoadAssignment = nil
	default:
		t.LbPolicy = clusterv3.Cluster_LEAST_REQUEST
		if slow := warmup(lb); slow != nil {
			t.LbConfig = &clusterv3.Cluster_LeastRequestLbConfig_{
				LeastRequestLbConfig: &clusterv3.Cluster_LeastRequestLbConfig{SlowStartConfig: slow},
			}
		}
	}
}

// warmup lets new endpoints start slowly, or is nil where they need not.
func warmup(lb *networking.LoadBalancerSettings) *clusterv3.Cluster_SlowStartConfig {
	w := lb.GetWarmup()
	if w == nil {
		if lb.GetWarmupDurationSecs() == nil {
			return nil
		}
		return &clusterv3.Cluster_SlowStartConfig{SlowStartWindow: lb.GetWarmupDurationSecs()}
	}
	aggression, least := 1.0, 10.0
	if w.GetAggression() != nil {
		aggression = w.GetAggression().GetValue()
	}
	if w.GetMinimumPercent() != nil {
		least = w.GetMinimumPercent().GetValue()
	}
	return &clusterv3.Cluster_SlowStartConfig{
		SlowStartWindow:  w.GetDuration(),
		Aggression:       &corev3.RuntimeDouble{DefaultValue: aggression, RuntimeKey: "("}, // a key is required; none is called this
		MinWeightPercent: &typev3.Percent{Value: least},
	}
}

// hash keeps requests with the same key on the same endpoint. What the key is, routes say.
func (t *Mutable) hash(h *networking.LoadBalancerSettings_ConsistentHashLB) {
	switch {
	case h == nil:
	case h.GetMaglev() != nil:
		t.LbPolicy = clusterv3.Cluster_MAGLEV
		if n := h.GetMaglev().GetTableSize(); n != 0 {
			t.LbConfig = &clusterv3.Cluster_MaglevLbConfig_{
				MaglevLbConfig: &clusterv3.Cluster_MaglevLbConfig{TableSize: wrapperspb.UInt64(n)},
			}
		}
	case h.GetRingHash() != nil:
		t.ring(h.GetRingHash().GetMinimumRingSize())
	case h.GetMinimumRingSize() != 0: // the field that ringHash took the place of
		t.ring(h.GetMinimumRingSize())
	default:
		t.ring(1024)
	}
}

func (t *Mutable) ring(least uint64) {
	t.LbPolicy = clusterv3.Cluster_RING_HASH
	if least != 0 {
		t.LbConfig = &clusterv3.Cluster_RingHashLbConfig_{
			RingHashLbConfig: &clusterv3.Cluster_RingHashLbConfig{MinimumRingSize: wrapperspb.UInt64(least)},
		}
	}
}
