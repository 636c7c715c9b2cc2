package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Policy is a set of settings of a DestinationRule: of the rule, of a subset, or of one port of either.
type Policy struct {
	Place
	Balancer *networking.LoadBalancerSettings
	Pool     *networking.ConnectionPoolSettings
	Outlier  *networking.OutlierDetection
	TLS      *networking.ClientTLSSettings
	Whole    bool   // the policy is that of the rule as a whole
	Subset   bool   // the policy is that of a subset, or of a port of it
	Port     uint32 // that the policy is for; 0 for every port
}

// Policies returns every policy of a DestinationRule, in the order of the document.
func Policies(o *config.Object, spec *networking.DestinationRule) []Policy {
	var all []Policy
	add := func(at Place, t *networking.TrafficPolicy, subset bool) {
		if t == nil {
			return
		}
		all = append(all, Policy{at, t.LoadBalancer, t.ConnectionPool, t.OutlierDetection, t.Tls, !subset, subset, 0})
		for i, p := range t.PortLevelSettings {
			all = append(all, Policy{at.Sub("portLevelSettings").Item(i), p.GetLoadBalancer(), p.GetConnectionPool(), p.GetOutlierDetection(), p.GetTls(), false, subset,
				p.GetPort().GetNumber()})
		}
	}
	add(At(o, "spec.trafficPolicy"), spec.TrafficPolicy, false)
	for i, subset := range spec.Subsets {
		add(At(o, "spec.subsets").Item(i).Sub("trafficPolicy"), subset.GetTrafficPolicy(), true)
	}
	return all
}
