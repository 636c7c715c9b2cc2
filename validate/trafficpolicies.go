package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// A policy is a set of settings of a DestinationRule: of the rule, of a subset, or of one port of either.
type policy struct {
	place
	balancer *networking.LoadBalancerSettings
	pool     *networking.ConnectionPoolSettings
	outlier  *networking.OutlierDetection
	tls      *networking.ClientTLSSettings
	whole    bool   // the policy is that of the rule as a whole
	subset   bool   // the policy is that of a subset, or of a port of it
	port     uint32 // that the policy is for; 0 for every port
}

// deter adds what Istio's webhook does at a warning: it forgets those of policies for subsets and ports.
func (p policy) deter(f finding) finding {
	if p.whole {
		return f.warned()
	}
	return f
}

// at is a field of the policy.
func (p policy) at(field string) place { return place{p.object, p.field + "." + field} }

// policies returns every policy of a DestinationRule, in the order of the document.
func policies(o *config.Object, spec *networking.DestinationRule) []policy {
	var all []policy
	add := func(field string, t *networking.TrafficPolicy, subset bool) {
		if t == nil {
			return
		}
		all = append(all, policy{place{o, field}, t.LoadBalancer, t.ConnectionPool, t.OutlierDetection, t.Tls, !subset, subset, 0})
		for i, p := range t.PortLevelSettings {
			at := source.Index(field+".portLevelSettings", i)
			all = append(all, policy{place{o, at}, p.GetLoadBalancer(), p.GetConnectionPool(), p.GetOutlierDetection(), p.GetTls(), false, subset,
				p.GetPort().GetNumber()})
		}
	}
	add("spec.trafficPolicy", spec.TrafficPolicy, false)
	for i, subset := range spec.Subsets {
		add(source.Index("spec.subsets", i)+".trafficPolicy", subset.GetTrafficPolicy(), true)
	}
	return all
}
