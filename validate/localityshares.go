package validate

import (
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM061",
	Title:    "locality weights do not add up to 100",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `The weights for each source locality are percentages and must add up to 100. A locality is region/zone/subzone without empty parts; * is
allowed only as the last part; localities must not overlap.`,
	Fix: `Make the weights of each from add up to 100, and use localities that do not overlap.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer:
      localityLbSetting: {distribute: [{from: eu/*, to: {eu/a: 80, eu/b: 10}}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer:
      localityLbSetting: {distribute: [{from: eu/*, to: {eu/a: 80, eu/b: 20}}]}
`,
}, localityShares)

func localityShares(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			distribution(r, p.Sub("loadBalancer.localityLbSetting"), p.Balancer.GetLocalityLbSetting())
		}
	})
}

func distribution(r *reporter, at facts.Place, setting *networking.LocalityLoadBalancerSetting) {
	var from localities
	for i, d := range setting.GetDistribute() {
		entry := at.Sub("distribute").Item(i)
		from.add(r, entry.Sub("from"), d.GetFrom())
		var to localities
		sum := uint32(0)
		for _, locality := range slices.Sorted(maps.Keys(d.GetTo())) {
			sum += d.To[locality]
			to.add(r, entry.Sub("to").Key(locality), locality)
		}
		if sum != 100 {
			r.at(entry.Sub("to"), "the weights of distribute from %q add up to %d, not 100", d.GetFrom(), sum).help("make the weights add up to 100").rejected()
		}
	}
}

// localities are those of one list, which have to exclude each other.
type localities []string

// add reports what is wrong with one more locality. A wildcard may follow narrower ones: it is the rest then.
func (l *localities) add(r *reporter, at facts.Place, locality string) {
	switch {
	case slices.Contains(strings.SplitN(locality, "/", 3), ""):
		r.at(at, "locality %q has an empty part", locality).help("write region, region/zone or region/zone/subzone").rejected()
		return
	case strings.Contains(strings.TrimSuffix(locality, "*"), "*"):
		r.at(at, "locality %q has a * before its last part", locality).help("write the * last, as in eu/*").rejected()
		return
	}
	for _, other := range *l {
		if facts.LocalityCovers(other, locality) || facts.LocalityCovers(locality, other) && !strings.HasSuffix(locality, "*") {
			r.at(at, "locality %q overlaps with %q", locality, other).help("remove one of the two, or use localities that do not overlap").rejected()
			return
		}
	}
	*l = append(*l, locality)
}
