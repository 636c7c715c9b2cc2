package validate

import (
	"math"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM377",
	Title:    "weights of a route add up to more than Envoy allows",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	Why: `Envoy rejects a route table with a route whose weights add up to more than 4294967295. Proxies keep the former version of the whole table, or
have none.`,
	Fix: `Use smaller weights; only their proportions matter.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - route:
    - {destination: {host: a.example.com}, weight: 2000000000}
    - {destination: {host: b.example.com}, weight: 2000000000}
    - {destination: {host: c.example.com}, weight: 2000000000}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - route:
    - {destination: {host: a.example.com}, weight: 40}
    - {destination: {host: b.example.com}, weight: 30}
    - {destination: {host: c.example.com}, weight: 30}
`,
}, weightSum)

func weightSum(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, route := range spec.GetHttp() {
			var sum int64
			for _, d := range route.GetRoute() {
				sum += int64(d.GetWeight())
			}
			if sum > math.MaxUint32 {
				r.at(facts.At(o, "spec.http").Item(i).Sub("route"), "the weights add up to %d, and Envoy rejects more than %d", sum, uint32(math.MaxUint32))
			}
		}
	})
}
