package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM221",
	Title:    "match is covered by an earlier one",
	Severity: diag.Warning,
	Why: `The first match that a request meets decides, whatever matches it better further down. Every request that meets this match meets
an earlier one too: its path begins with an earlier prefix, or the earlier match asks for less. The rule never gets a request by it.`,
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

func ruleField(rule int) string { return source.Index("spec.http", rule) }

func matchField(rule, match int) string { return source.Index(ruleField(rule)+".match", match) }

func coveredMatches(s *Scope, r *reporter) {
	each(s, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		warnings := webhookCovered(spec)
		index := newCoverage()
		for _, c := range conditionsOf(o) {
			if index.all != nil && index.all.rule < c.rule {
				return // all later rules are told by SEM220
			}
			if c.match < 0 {
				index.add(c)
				continue
			}
			reportCovered(r, c, index.find(c), warnings)
			index.add(c)
		}
	})
}

func reportCovered(r *reporter, c condition, earlier *condition, warnings map[string]string) {
	warned, foretold := warnings[c.field]
	switch {
	case earlier != nil && same(*earlier, c):
	case earlier != nil:
		f := r.at(c.place, "the match is never used: an earlier one takes every request that meets it, for instance %s", c.example()).
			related(earlier.place, "this match comes first").
			help("put %s before %s", ruleField(c.rule), ruleField(earlier.rule))
		if earlier.rule == c.rule {
			f.help("remove the match").severity(diag.Info)
		}
		if foretold {
			f.warned()
		}
	case foretold:
		r.at(c.place, "Istio's webhook warns that an earlier match covers this one, though requests remain that meet only this one").
			related(place{c.object, warned}, "this match comes first").severity(diag.Info).warned()
	}
}

// same says whether two matches are the same but for their names, which SEM222 tells.
func same(a, b condition) bool {
	rules := config.Spec[*networking.VirtualService](a.object).GetHttp()
	first, second := nameless(rules[a.rule].GetMatch()), nameless(rules[b.rule].GetMatch())
	return a.match >= 0 && b.match >= 0 && digest(first[a.match]) == digest(second[b.match])
}

// A coverage holds the matches seen so far, by what they ask of the path, so that those which may cover another are found without
// trying all.
type coverage struct {
	all                        *condition // the first that takes everything
	anyPath, regexes           []*condition
	whole, prefixes, identical map[string][]*condition
}

func newCoverage() *coverage {
	return &coverage{whole: map[string][]*condition{}, prefixes: map[string][]*condition{}, identical: map[string][]*condition{}}
}

func (v *coverage) add(c condition) {
	if c.delegated {
		return
	}
	if v.all == nil && c.everything() {
		v.all = &c
	}
	text := strings.ToLower(c.path.text)
	switch c.path.kind {
	case anyText:
		v.anyPath = append(v.anyPath, &c)
	case wholeText:
		v.whole[text] = append(v.whole[text], &c)
	case textPrefix:
		v.prefixes[text] = append(v.prefixes[text], &c)
	case textRegex:
		v.regexes = append(v.regexes, &c)
		v.identical[c.path.text] = append(v.identical[c.path.text], &c)
	}
}

// find returns a match that covers c, or nil.
func (v *coverage) find(c condition) *condition {
	head := strings.ToLower(c.path.head())
	groups := [][]*condition{v.anyPath}
	for i := range len(head) + 1 {
		groups = append(groups, v.prefixes[head[:i]])
	}
	switch c.path.kind {
	case wholeText:
		groups = append(groups, v.whole[head], v.regexes)
	case textRegex:
		groups = append(groups, v.identical[c.path.text])
	}
	for _, group := range groups {
		for _, earlier := range group {
			if earlier.covers(c) {
				return earlier
			}
		}
	}
	return nil
}
