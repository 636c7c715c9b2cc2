package cluster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
)

// leftOut notes the endpoints that receive nothing as a rule of distribute gives their locality no share.
func (p placement) leftOut(out *origin.List, groups []*group) {
	rule, i := p.distribution()
	if rule == nil || p.from.Object == nil {
		return
	}
	named := slices.Sorted(maps.Keys(rule.GetTo()))
	at := p.from.Join("distribute").Index(i)
	why := fmt.Sprintf("distribute gives shares to %s only, for clients in %s", strings.Join(named, ", "), rule.From)
	for _, g := range groups {
		if slices.ContainsFunc(named, func(place string) bool { return inPlace(g.locality, place) }) {
			continue
		}
		locality := "its locality is " + g.locality
		if strings.Trim(g.locality, "/") == "" {
			locality = "it has no locality"
		}
		out.Add("locality", origin.DefinesField(at))
		for _, e := range g.endpoints {
			if e.Object != nil {
				out.Add("locality", origin.Overridden(config.Ignored{Object: e.Object, Field: cmp.Or(e.Field, "spec"), Reason: why + "; " + locality}))
			}
		}
	}
}
