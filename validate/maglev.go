package validate

import (
	"math/big"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM063",
	Title:    "Maglev table size is not a prime number below 5000011",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Maglev hashing requires a prime table size. Envoy rejects other sizes, and sizes of 5000011 or more.`,
	Fix:      `Use a prime number such as 65537, Envoy's default.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, maglev: {tableSize: 65536}}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, maglev: {tableSize: 65537}}}}
`,
}, maglevSize)

// maglevLimit is the first size that Envoy refuses because it is too large.
const maglevLimit = 5000011

func maglevSize(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			maglev := p.Balancer.GetConsistentHash().GetMaglev()
			if maglev == nil || maglev.TableSize < maglevLimit && prime(maglev.TableSize) {
				continue
			}
			r.at(p.Sub("loadBalancer.consistentHash.maglev.tableSize"), "tableSize %d must be a prime number below %d", maglev.TableSize, maglevLimit).rejected()
		}
	})
}

// prime reports whether Envoy takes a number for a prime; 1 is one to it.
func prime(n uint64) bool {
	return n == 1 || new(big.Int).SetUint64(n).ProbablyPrime(0) // exact below 2⁶⁴
}
