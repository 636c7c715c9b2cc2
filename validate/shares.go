package validate

import (
	"fmt"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM231",
	Title:    "weights with an unexpected effect",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `A weight is a share of the sum of all weights. A single destination receives everything, a destination with weight 0 nothing, and one that
is listed twice receives both shares.`,
	Fix: `Make the weights add up to 100, and omit the weight of a single destination.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - route:
    - {destination: {host: web}, weight: 30}
    - {destination: {host: web-next}, weight: 30}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - route:
    - {destination: {host: web}, weight: 50}
    - {destination: {host: web-next}, weight: 50}
`,
	Aliases: []string{"KIA1104", "KIA1105"},
}, oddShares)

func oddShares(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		route := rule.GetRoute()
		sum := int32(0)
		first := map[string]int{}
		for i, d := range route {
			sum += d.GetWeight()
			key := fmt.Sprint(d.GetDestination().GetHost(), " ", d.GetDestination().GetSubset(), " ", d.GetDestination().GetPort().GetNumber())
			p := at.At("route").Item(i)
			if j, twice := first[key]; twice {
				r.at(p, "the destination is listed twice and receives both shares").
					help("remove one of the two, and give the other the sum of the weights").related(at.At("route").Item(j), "also listed here")
			} else {
				first[key] = i
			}
			if len(route) > 1 && d.GetWeight() == 0 {
				r.at(p, "the destination receives no requests: weight defaults to 0").help("set weight, or remove the destination")
			}
		}
		switch {
		case len(route) == 1 && sum != 0 && sum != 100:
			r.at(at.At("route").Item(0).Sub("weight"), "the weight is ignored: a single destination receives every request").help("remove weight")
		case len(route) > 1 && sum != 100 && sum != 0:
			r.at(at.At("route"), "the weights add up to %d: %s", sum, percentages(route, sum)).
				help("make the weights add up to 100 if these shares are not intended")
		}
	})
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, rule := range spec.GetTcp() {
			ignoredShare(r, facts.At(o, "spec.tcp").Item(i), rule.GetRoute())
		}
		for i, rule := range spec.GetTls() {
			ignoredShare(r, facts.At(o, "spec.tls").Item(i), rule.GetRoute())
		}
	})
}

// ignoredShare reports the weight of the single destination of connections.
func ignoredShare(r *reporter, at facts.Place, route []*networking.RouteDestination) {
	if len(route) == 1 && route[0].GetWeight() != 0 && route[0].GetWeight() != 100 {
		r.at(at.Sub("route").Item(0).Sub("weight"), "the weight is ignored: a single destination receives every connection").help("remove weight")
	}
}

// percentages words the share of each destination.
func percentages(route []*networking.HTTPRouteDestination, sum int32) string {
	text := ""
	for i, d := range route {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s receives %.1f %%", calledTarget(d.GetDestination()), 100*float64(d.GetWeight())/float64(sum))
	}
	return text
}

// calledTarget is how messages call a destination.
func calledTarget(d *networking.Destination) string {
	text := d.GetHost()
	if d.GetSubset() != "" {
		text += " subset " + d.GetSubset()
	}
	if d.GetPort() != nil {
		text += fmt.Sprintf(" port %d", d.GetPort().GetNumber())
	}
	return text
}
