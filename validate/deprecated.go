package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM044",
	Title:    "field is deprecated",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `A newer field replaces the field, and a later Istio version may remove it. Some fields, such as consecutiveErrors, are ignored already.`,
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
	Aliases: []string{"IST0002"},
}, deprecated)

func deprecated(s *facts.Set, r *reporter) {
	report := func(at facts.Place, old, new string) finding {
		return r.at(at, "%s is deprecated", old).help("use %s", new)
	}
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			//nolint:staticcheck // the point is to find the deprecated fields
			if p.Outlier.GetConsecutiveErrors() != 0 {
				report(p.Sub("outlierDetection.consecutiveErrors"), "consecutiveErrors", "consecutive5xxErrors or consecutiveGatewayErrors").warnedFor(p).Message = "consecutiveErrors is deprecated, and Istio ignores it"
			}
			if p.Balancer.GetConsistentHash().GetMinimumRingSize() != 0 { //nolint:staticcheck // as above
				report(p.Sub("loadBalancer.consistentHash.minimumRingSize"), "minimumRingSize", "ringHash.minimumRingSize").warnedFor(p)
			}
		}
	})
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		if rule.GetMirrorPercent() != nil { //nolint:staticcheck // as above
			report(mirrorPercent(at), "mirrorPercent", "mirrorPercentage").warned()
		}
		if rule.GetFault().GetDelay().GetPercent() != 0 { //nolint:staticcheck // as above
			report(at.At("fault.delay.percent"), "percent", "percentage: {value: …}")
		}
	})
}

// mirrorPercent is where a rule has the field, which has two names.
func mirrorPercent(at facts.HTTPRule) facts.Place {
	if former := at.At("mirror_percent"); at.Object.Doc.Lookup(former.Field) != nil {
		return former
	}
	return at.At("mirrorPercent")
}
