package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
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
		for _, c := range facts.HTTPMatches(o) {
			if index.All != nil && index.All.Rule < c.Rule {
				return // all later rules are reported by SEM220
			}
			if c.Match < 0 {
				index.Add(c)
				continue
			}
			reportCovered(r, c, index.Find(c), warnings)
			index.Add(c)
		}
	})
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

// same reports whether two matches are the same but for their names, which SEM222 tells.
func same(a, b facts.HTTPMatch) bool {
	rules := config.Spec[*networking.VirtualService](a.Object).GetHttp()
	first, second := facts.WithoutNames(rules[a.Rule].GetMatch()), facts.WithoutNames(rules[b.Rule].GetMatch())
	return a.Match >= 0 && b.Match >= 0 && facts.Digest(first[a.Match]) == facts.Digest(second[b.Match])
}
