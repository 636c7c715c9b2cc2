package validate

import (
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"google.golang.org/protobuf/proto"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM220",
	Title:    "route is unreachable after a catch-all route",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why: `The first matching route applies. A route without match, or with only the prefix "/" or the regex ".*", matches every request. Routes
after it are not sent to the proxy.`,
	Fix: `Move the catch-all route to the end.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /}}]
    route: [{destination: {host: web}}]
  - match: [{uri: {exact: /health}}]
    route: [{destination: {host: health}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {exact: /health}}]
    route: [{destination: {host: health}}]
  - match: [{uri: {prefix: /}}]
    route: [{destination: {host: web}}]
`,
	Aliases: []string{"IST0130"},
}, rulesAfterAll)

func rulesAfterAll(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		broad := broadMatch(o)
		warnings := sync.OnceValue(func() map[string]string { return facts.WebhookCovered(spec) })
		for _, l := range ruleLists(o, spec) {
			bare := l.bare()
			for i := range l.matches {
				f := facts.At(o, l.rule(i))
				switch {
				case bare >= 0 && bare < i:
					l.report(r.at(f, "unreachable route: an earlier route matches every request").
						related(facts.At(o, l.rule(bare)), "this route has no match"), bare).warned()
				case l.name == "http" && broad != nil && broad.Rule < i:
					found := r.at(f, "unreachable route: an earlier route matches every request").
						related(broad.Place, "every request meets this match").help("move it before %s", facts.RuleField(broad.Rule))
					if l.warned(i, warnings()) {
						found.warned()
					}
				}
			}
		}
	})
}

// broadMatch returns the first match of an HTTP rule that every request meets, or nil.
func broadMatch(o *config.Object) *facts.HTTPMatch {
	for _, c := range facts.HTTPMatches(o) {
		if c.Match >= 0 && !c.Delegated && c.MatchesAll() {
			return &c
		}
	}
	return nil
}

var _ = register(diag.Check{
	ID:       "SEM222",
	Title:    "duplicate match",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `The first of two routes with the same match receives all its requests. The second never applies.`,
	Fix:      `Remove one of the two, or correct the match.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: api}}]
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: api-next}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {prefix: /api/}, headers: {x-next: {exact: "1"}}}]
    route: [{destination: {host: api-next}}]
  - match: [{uri: {prefix: /api/}}]
    route: [{destination: {host: api}}]
  - route: [{destination: {host: web}}]
`,
	Aliases: []string{"IST0131"},
}, repeatedMatches)

func repeatedMatches(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for _, l := range ruleLists(o, spec) {
			l.repeated(func(rule, match, firstRule, firstMatch int) {
				l.report(r.at(facts.At(o, l.match(rule, match)), "unreachable match: an earlier match is identical").
					related(facts.At(o, l.match(firstRule, firstMatch)), "identical match"), firstRule).warned()
			})
		}
	})
}

// A ruleList is one list of rules of a VirtualService.
type ruleList struct {
	name      string // http, tls or tcp
	matches   [][]proto.Message
	delegated map[int]bool // rules whose delegate decides further
}

func ruleLists(o *config.Object, spec *networking.VirtualService) []ruleList {
	http := ruleList{name: "http", delegated: map[int]bool{}}
	for i, rule := range spec.GetHttp() {
		http.matches = append(http.matches, facts.WithoutNames(rule.GetMatch()))
		http.delegated[i] = rule.GetDelegate() != nil
	}
	tls, tcp := ruleList{name: "tls"}, ruleList{name: "tcp"}
	for _, rule := range spec.GetTls() {
		tls.matches = append(tls.matches, messagesOf(rule.GetMatch()))
	}
	for _, rule := range spec.GetTcp() {
		tcp.matches = append(tcp.matches, messagesOf(rule.GetMatch()))
	}
	return []ruleList{http, tls, tcp}
}

func (l ruleList) rule(i int) string { return source.Index("spec."+l.name, i) }

func (l ruleList) match(rule, match int) string {
	return source.Index(l.rule(rule)+".match", match)
}

// bare is the first rule without conditions, or -1.
func (l ruleList) bare() int {
	for i, m := range l.matches {
		if len(m) == 0 {
			return i
		}
	}
	return -1
}

// report makes little of a finding against an earlier rule whose delegate may leave requests over.
func (l ruleList) report(f finding, earlier int) finding {
	if l.delegated[earlier] {
		return f.severity(diag.Info)
	}
	return f
}

// warned reports whether Istio's webhook warns of a match of a rule.
func (l ruleList) warned(rule int, warnings map[string]string) bool {
	for j := range l.matches[rule] {
		if _, ok := warnings[l.match(rule, j)]; ok {
			return true
		}
	}
	return false
}

// repeated yields every match that is in an earlier rule too, up to the rule that takes everything.
func (l ruleList) repeated(yield func(rule, match, firstRule, firstMatch int)) {
	type position struct{ rule, match int }
	seen := map[string]position{}
	for i, matches := range l.matches {
		if len(matches) == 0 {
			return
		}
		for j, m := range matches {
			key := facts.Digest(m)
			if first, twice := seen[key]; twice {
				yield(i, j, first.rule, first.match)
				continue
			}
			seen[key] = position{i, j}
		}
	}
}

// messagesOf returns conditions as messages.
func messagesOf[M proto.Message](matches []M) []proto.Message {
	var all []proto.Message
	for _, m := range matches {
		all = append(all, m)
	}
	return all
}
