package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM044",
	Title:    "field is deprecated",
	Severity: diag.Warning,
	Why:      `The field still works, but another took its place, and a later version of Istio may drop it.`,
	Fix:      `Use the field that the finding names.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {outlierDetection: {consecutiveErrors: 7}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 7}}}
`,
}, deprecated)

func deprecated(s *facts.Set, r *reporter) {
	report := func(at facts.Place, old, new string) finding {
		return r.at(at, "%s is deprecated", old).help("use %s", new)
	}
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			//nolint:staticcheck // the point is to find the deprecated fields
			if p.Outlier.GetConsecutiveErrors() != 0 {
				report(p.Sub("outlierDetection.consecutiveErrors"), "consecutiveErrors", "consecutive5xxErrors or consecutiveGatewayErrors").warnedFor(p)
			}
			if p.Balancer.GetConsistentHash().GetMinimumRingSize() != 0 { //nolint:staticcheck // as above
				report(p.Sub("loadBalancer.consistentHash.minimumRingSize"), "minimumRingSize", "ringHash.minimumRingSize").warnedFor(p)
			}
		}
	})
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, route := range spec.Http {
			if route.GetMirrorPercent() != nil { //nolint:staticcheck // as above
				report(facts.At(o, source.Index("spec.http", i)+"."+mirrorPercent(o, i)), "mirrorPercent", "mirrorPercentage").warned()
			}
		}
	})
}

// mirrorPercent is the name under which a rule has the field: it has two.
func mirrorPercent(o *config.Object, rule int) string {
	const former = "mirror_percent"
	if o.Doc.Lookup(source.Index("spec.http", rule)+"."+former) != nil {
		return former
	}
	return "mirrorPercent"
}
