package cluster

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	weightedv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/xds"
)

// weighByLoad makes the load that endpoints report decide their weights. Envoy has this balancer as a policy only, which
// takes precedence over the algorithm of the cluster.
func (t *Mutable) weighByLoad(b *networking.LoadBalancerSettings_BackendUtilizationLB) {
	if b == nil {
		return
	}
	policy := &weightedv3.ClientSideWeightedRoundRobin{
		BlackoutPeriod:                     b.GetWeightStabilizationPeriod(),
		WeightExpirationPeriod:             b.GetWeightExpirationPeriod(),
		WeightUpdatePeriod:                 b.GetWeightUpdatePeriod(),
		MetricNamesForComputingUtilization: b.GetMetricNamesForComputingUtilization(),
	}
	if percent := b.GetErrorUtilizationPenaltyPercent(); percent > 0 {
		policy.ErrorUtilizationPenalty = wrapperspb.Float(float32(percent) / 100)
	}
	t.LoadBalancingPolicy = &clusterv3.LoadBalancingPolicy{Policies: []*clusterv3.LoadBalancingPolicy_Policy{{
		TypedExtensionConfig: &corev3.TypedExtensionConfig{
			Name: "envoy.load_balancing_policies.client_side_weighted_round_robin", TypedConfig: xds.Any(policy),
		},
	}}}
}
