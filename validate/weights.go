package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM079",
	Title:    "weights of all destinations are 0",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Each destination receives its share of the sum of weights. A sum of 0 is rejected.`,
	Fix:      `Set weights; they need not add up to 100.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}}, {destination: {host: reviews-canary}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{route: [{destination: {host: reviews}, weight: 9}, {destination: {host: reviews-canary}, weight: 1}]}]
`,
}, weights)

func weights(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, route := range spec.Http {
			weightless(r, facts.RuleAt(o, "http", i).Sub("route"), route.GetRoute())
		}
		for i, route := range spec.Tls {
			weightless(r, facts.RuleAt(o, "tls", i).Sub("route"), route.GetRoute())
		}
		for i, route := range spec.Tcp {
			weightless(r, facts.RuleAt(o, "tcp", i).Sub("route"), route.GetRoute())
		}
	})
}

func weightless[D interface{ GetWeight() int32 }](r *reporter, at facts.Place, destinations []D) {
	sum := int32(0)
	for _, d := range destinations {
		sum += d.GetWeight()
	}
	if len(destinations) > 1 && sum == 0 {
		r.at(at, "the weights of all %d destinations are 0", len(destinations)).rejected()
	}
}
