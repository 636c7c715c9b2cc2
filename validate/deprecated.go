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
	Stage:    diag.NoStage,
	Fixable:  true,
	Why:      `A newer field replaces the field, and a later Istio version may remove it. Some fields, such as consecutiveErrors, are ignored already.`,
	Fix:      `Use the field that the finding names.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, minimumRingSize: 2048}}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user, ringHash: {minimumRingSize: 2048}}}}}
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
				at := p.Sub("loadBalancer.consistentHash.minimumRingSize")
				found := report(at, "minimumRingSize", "ringHash.minimumRingSize").warnedFor(p)
				if p.Balancer.GetConsistentHash().GetHashAlgorithm() == nil {
					found.fix(moved(at, "ringHash", "minimumRingSize")...)
				}
			}
		}
	})
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		if rule.GetMirrorPercent() != nil { //nolint:staticcheck // as above
			found := report(mirrorPercent(at), "mirrorPercent", "mirrorPercentage").warned()
			if rule.GetMirrorPercentage() == nil {
				found.fix(moved(mirrorPercent(at), "mirrorPercentage", "value")...)
			}
		}
		if rule.GetFault().GetDelay().GetPercent() != 0 { //nolint:staticcheck // as above
			found := report(at.At("fault.delay.percent"), "percent", "percentage: {value: …}")
			if rule.GetFault().GetDelay().GetPercentage() == nil {
				found.fix(moved(at.At("fault.delay.percent"), "percentage", "value")...)
			}
		}
	})
}

// moved are the changes that give the value of a field to a field of the map that takes its place.
func moved(old facts.Place, key, field string) []diag.Change {
	at := old.Source()
	value := old.Object.Doc.Lookup(old.Field)
	if value == nil || value.Kind != source.Number {
		return nil
	}
	return []diag.Change{diag.Rename(at, key, source.MapOf(field, value))}
}

// mirrorPercent is where a rule has the field, which has two names.
func mirrorPercent(at facts.HTTPRule) facts.Place {
	if former := at.At("mirror_percent"); at.Object.Doc.Lookup(former.Field) != nil {
		return former
	}
	return at.At("mirrorPercent")
}
