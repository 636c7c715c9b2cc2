package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
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
	add := func(field string, t *networking.TrafficPolicy, subset bool) {
		if t == nil {
			return
		}
		all = append(all, Policy{At(o, field), t.LoadBalancer, t.ConnectionPool, t.OutlierDetection, t.Tls, !subset, subset, 0})
		for i, p := range t.PortLevelSettings {
			at := source.Index(field+".portLevelSettings", i)
			all = append(all, Policy{At(o, at), p.GetLoadBalancer(), p.GetConnectionPool(), p.GetOutlierDetection(), p.GetTls(), false, subset,
				p.GetPort().GetNumber()})
		}
	}
	add("spec.trafficPolicy", spec.TrafficPolicy, false)
	for i, subset := range spec.Subsets {
		add(source.Index("spec.subsets", i)+".trafficPolicy", subset.GetTrafficPolicy(), true)
	}
	return all
}
