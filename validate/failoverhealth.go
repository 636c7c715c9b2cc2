package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM208",
	Title:    "failover without outlier detection",
	Severity: diag.Warning,
	Stage:    diag.AtEndpoint,
	Why: `The proxy uses another locality when endpoints of the first are unhealthy. Without outlier detection it never marks an endpoint as
unhealthy, so it never fails over.`,
	Fix: `Add outlierDetection to the same trafficPolicy.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}
    outlierDetection: {interval: 5s}
`,
}, failoverHealth)

func failoverHealth(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			locality, zones := p.Balancer.GetLocalityLbSetting(), p.Balancer.GetZoneAwareLbSetting()
			set := len(locality.GetFailover()) + len(locality.GetFailoverPriority()) + len(zones.GetFailover()) + len(zones.GetFailoverPriority())
			if set > 0 && p.Outlier == nil {
				r.at(p.Sub("loadBalancer"), "failover has no effect without outlierDetection in the same trafficPolicy").warnedFor(p)
			}
		}
	})
}
