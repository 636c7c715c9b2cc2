package validate

import (
	"strings"

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
	Aliases: []string{"IST0130"},
}, coveredMatches)

func coveredMatches(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		warnings := facts.WebhookCovered(spec)
		index := newCoverage()
		for _, c := range facts.HTTPMatches(o) {
			if index.all != nil && index.all.Rule < c.Rule {
				return // all later rules are reported by SEM220
			}
			if c.Match < 0 {
				index.add(c)
				continue
			}
			reportCovered(r, c, index.find(c), warnings)
			index.add(c)
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

// A coverage holds the matches seen so far, by what they ask of the path, so that those which may cover another are found without
// trying all.
type coverage struct {
	all                        *facts.HTTPMatch // the first that takes everything
	anyPath, regexes           []*facts.HTTPMatch
	whole, prefixes, identical map[string][]*facts.HTTPMatch
}

// comparedRegexes is how many regular expressions of a VirtualService are compared each with each. Beyond it only equal ones are found.
const comparedRegexes = 100

func newCoverage() *coverage {
	return &coverage{whole: map[string][]*facts.HTTPMatch{}, prefixes: map[string][]*facts.HTTPMatch{}, identical: map[string][]*facts.HTTPMatch{}}
}

func (v *coverage) add(c facts.HTTPMatch) {
	if c.Delegated {
		return
	}
	if v.all == nil && c.MatchesAll() {
		v.all = &c
	}
	text := strings.ToLower(c.Path.Text)
	switch c.Path.Kind {
	case facts.Any:
		v.anyPath = append(v.anyPath, &c)
	case facts.Exact:
		v.whole[text] = append(v.whole[text], &c)
	case facts.Prefix:
		v.prefixes[text] = append(v.prefixes[text], &c)
	case facts.Regex:
		v.regexes = append(v.regexes, &c)
		v.identical[c.Path.Text] = append(v.identical[c.Path.Text], &c)
	}
}

// find returns a match that covers c, or nil.
func (v *coverage) find(c facts.HTTPMatch) *facts.HTTPMatch {
	head := strings.ToLower(c.Path.Head())
	groups := [][]*facts.HTTPMatch{v.anyPath}
	for i := range len(head) + 1 {
		groups = append(groups, v.prefixes[head[:i]])
	}
	switch c.Path.Kind {
	case facts.Exact:
		groups = append(groups, v.whole[head], v.regexes)
	case facts.Regex, facts.Prefix:
		groups = append(groups, v.identical[c.Path.Text])
		if len(v.regexes) <= comparedRegexes {
			groups = append(groups, v.regexes)
		}
	case facts.Any:
	}
	for _, group := range groups {
		for _, earlier := range group {
			if earlier.Covers(c) {
				return earlier
			}
		}
	}
	return nil
}
