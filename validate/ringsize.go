package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM370",
	Title:    "hash ring is larger than Envoy allows",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `Istio accepts every minimumRingSize, and Envoy rejects clusters with more than 8388608. Proxies keep the former version of the cluster, or
have none: requests receive 503.`,
	Fix: `Use a smaller minimumRingSize; 1024 is the default.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, ringHash: {minimumRingSize: 10000000}}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, ringHash: {minimumRingSize: 100000}}}}
`,
}, ringSize)

// ringLimit is the size of the largest ring that Envoy makes.
const ringLimit = 8 << 20

func ringSize(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			hash, field := p.Balancer.GetConsistentHash(), "loadBalancer.consistentHash.ringHash.minimumRingSize"
			size := hash.GetRingHash().GetMinimumRingSize()
			if hash.GetHashAlgorithm() == nil {
				size, field = hash.GetMinimumRingSize(), "loadBalancer.consistentHash.minimumRingSize"
			}
			if size > ringLimit {
				r.at(p.Sub(field), "minimumRingSize %d is more than %d: Envoy rejects the cluster", size, ringLimit)
			}
		}
	})
}
