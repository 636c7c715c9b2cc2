package validate

import (
	"slices"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM221",
	Title:    "match is covered by an earlier match",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The first matching rule applies. Every request that meets this match also meets an earlier one: its path begins with an earlier prefix,
an earlier regular expression matches all that its own matches, or the earlier match has fewer conditions. This match never applies.`,
	Fix: `Move the more specific rule to the front.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: api}}]
  - match: [{uri: {exact: /api/health}}]
    route: [{destination: {host: health}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {exact: /api/health}}]
    route: [{destination: {host: health}}]
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: api}}]
  - route: [{destination: {host: web}}]
`,
	Aliases: []string{"IST0130", "IST0131"},
}, coveredMatches)

func coveredMatches(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		warnings := facts.WebhookCovered(spec)
		index := facts.NewCoverage()
		merged := matchesByRule(s.Routes.Merged(o))
		for _, c := range facts.HTTPMatches(o) {
			if all := index.All; all != nil && spec.GetHttp()[all.Rule].GetDelegate() == nil && all.Rule < c.Rule {
				return // all later rules are reported by SEM220
			}
			if c.Match >= 0 {
				reportCovered(r, c, index.Find(c), warnings)
			}
			if !c.Delegated {
				index.Add(c)
				continue
			}
			for _, d := range merged[c.Rule] {
				index.Add(d)
			}
			delete(merged, c.Rule)
		}
	})
	coveredDelegates(s, r)
}

// matchesByRule returns the matches of a VirtualService and its delegates by the rule that they are of or that delegates to them.
func matchesByRule(v *mesh.VirtualService) map[int][]facts.HTTPMatch {
	if v == nil || !delegates(v.Object) {
		return nil
	}
	merged := map[int][]facts.HTTPMatch{}
	for _, c := range facts.MergedMatches(v) {
		merged[c.Rule] = append(merged[c.Rule], c)
	}
	return merged
}

// delegates reports whether a rule of a VirtualService delegates.
func delegates(o *config.Object) bool {
	return slices.ContainsFunc(config.Spec[*networking.VirtualService](o).GetHttp(), func(r *networking.HTTPRoute) bool { return r.GetDelegate() != nil })
}

// A delegatedUse is what becomes of a match of a delegate wherever a VirtualService delegates to it.
type delegatedUse struct {
	match     facts.HTTPMatch
	uses      int
	unreached int
	earlier   *facts.HTTPMatch
}

// coveredDelegates reports matches of delegates that an earlier rule covers in every VirtualService that delegates to them.
func coveredDelegates(s *facts.Set, r *reporter) {
	uses := map[facts.Place]*delegatedUse{}
	var order []*delegatedUse
	for _, v := range s.Mesh.VirtualServices() {
		if !delegates(v.Object) {
			continue
		}
		index := facts.NewCoverage()
		for _, rule := range byRule(facts.MergedMatches(v)) {
			for _, c := range rule {
				if c.Object == v.Object {
					continue
				}
				u := uses[c.Place]
				if u == nil {
					u = &delegatedUse{match: c}
					uses[c.Place], order = u, append(order, u)
				}
				u.uses++
				if by := index.Find(c); by != nil {
					u.unreached, u.earlier = u.unreached+1, by
				}
			}
			for _, c := range rule {
				index.Add(c)
			}
		}
	}
	for _, u := range order {
		if u.uses == u.unreached {
			r.at(u.match.Place, "unreachable match: an earlier rule of %s applies to every such request, for example %s", name(u.earlier.Object), u.match.Example()).
				related(u.earlier.Place, "earlier match").help("move the rule that delegates before it")
		}
	}
}

// byRule splits matches by the rule of the VirtualService.
func byRule(matches []facts.HTTPMatch) [][]facts.HTTPMatch {
	var rules [][]facts.HTTPMatch
	for i, c := range matches {
		if i == 0 || matches[i-1].Rule != c.Rule {
			rules = append(rules, nil)
		}
		rules[len(rules)-1] = append(rules[len(rules)-1], c)
	}
	return rules
}

func reportCovered(r *reporter, c facts.HTTPMatch, earlier *facts.HTTPMatch, warnings map[string]string) {
	warned, warnedOf := warnings[c.Field]
	switch {
	case earlier != nil && same(*earlier, c):
	case earlier != nil:
		f := r.at(c.Place, "unreachable match: an earlier match applies to every such request, for example %s", c.Example()).
			related(earlier.Place, "earlier match").
			help("move %s before %s", facts.RuleField(c.Rule), facts.RuleField(earlier.Rule))
		if earlier.Rule == c.Rule {
			f.help("remove the match").severity(diag.Info)
		}
		if warnedOf {
			f.warned()
		}
	case warnedOf:
		r.at(c.Place, "Istio's webhook warns that an earlier match covers this one; some requests still reach it").
			related(facts.At(c.Object, warned), "earlier match").severity(diag.Info).warned()
	}
}

// same reports whether an earlier match is the same but for its name, which SEM222 reports. One of a delegate stands for the rule that
// delegates.
func same(earlier, c facts.HTTPMatch) bool {
	rules := config.Spec[*networking.VirtualService](c.Object).GetHttp()
	matches := facts.WithoutNames(rules[earlier.Rule].GetMatch())
	if earlier.Match >= 0 {
		matches = matches[earlier.Match : earlier.Match+1]
	} else if rules[earlier.Rule].GetDelegate() == nil {
		return false
	}
	digest := facts.Digest(facts.WithoutNames(rules[c.Rule].GetMatch())[c.Match])
	return slices.ContainsFunc(matches, func(m proto.Message) bool { return facts.Digest(m) == digest })
}
