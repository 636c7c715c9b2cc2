package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM064",
	Title:    "failover is contradictory",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Failover leads from one region to another. failoverPriority with region, zone or subzone labels cannot be combined with it.`,
	Fix:      `Use two different regions, and keep one of failover and failoverPriority.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {localityLbSetting: {failover: [{from: eu, to: eu}]}}
    outlierDetection: {interval: 5s}
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
}, failoverConflict)

// topologyLabels are the labels that stand for region, zone and subzone.
var topologyLabels = []string{"topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"}

func failoverConflict(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			locality, zones := p.Balancer.GetLocalityLbSetting(), p.Balancer.GetZoneAwareLbSetting()
			sameRegion(r, p.Sub("loadBalancer.localityLbSetting.failover"), locality.GetFailover())
			sameRegion(r, p.Sub("loadBalancer.zoneAwareLbSetting.failover"), zones.GetFailover())
			if len(locality.GetFailover()) > 0 {
				topologyPriority(r, p.Sub("loadBalancer.localityLbSetting.failoverPriority"), locality.GetFailoverPriority())
			}
		}
	})
}

// A fromTo is a failover of localities or of zones.
type fromTo interface {
	GetFrom() string
	GetTo() string
}

func sameRegion[F fromTo](r *reporter, at facts.Place, failovers []F) {
	for i, f := range failovers {
		if f.GetFrom() == f.GetTo() {
			r.at(at.Item(i), "failover from region %q leads to the same region", f.GetFrom()).help("fail over to another region").rejected()
		}
	}
}

func topologyPriority(r *reporter, at facts.Place, labels []string) {
	for i, label := range labels {
		if slices.Contains(topologyLabels, label) {
			r.at(at.Item(i), "failoverPriority by %q cannot be combined with failover", label).help("remove failover, or this label").rejected()
		}
	}
}
