package mutation

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"sem.example/internal/envoytest/manifest"
)

// A Neutral is a change that no request shows.
type Neutral struct {
	Name  string
	apply func(docs []tree, chance *rand.Rand) ([]tree, bool)
}

// Apply returns the documents changed everywhere it can be done; false where it can be done nowhere.
func (n Neutral) Apply(docs []tree, chance *rand.Rand) ([]tree, bool) {
	var out []tree
	for _, d := range docs {
		out = append(out, clone(d).(tree))
	}
	return n.apply(out, chance)
}

// Neutrals are the changes that no request shows.
func Neutrals() []Neutral {
	return []Neutral{
		{"documents in another order", shuffled},
		{"rules named otherwise", eachRule(renamed)},
		{"a rule twice", rules(doubled)},
		{"a rule that nothing comes to", rules(unreachable)},
		{"a rule for each match", unless("delegate", rules(splitMatches))},
		{"matches in another order", eachRule(func(r tree, chance *rand.Rand) bool { return shuffleList(r, "match", chance) })},
		{"a prefix as a regular expression", unless("delegate", eachMatch(rewritten("uri", "prefix")))},
		{"a path as a regular expression", unless("delegate", eachMatch(rewritten("uri", "exact")))},
		{"a method as a regular expression", unless("delegate", eachMatch(rewritten("method", "exact")))},
		{"a header as a regular expression", unless("delegate", eachMatch(headersRewritten))},
		{"a match twice", eachRule(func(r tree, _ *rand.Rand) bool { return double(r, "match") })},
		{"weights as other numbers of the same shares", eachRule(scaled)},
		{"a destination in two parts", unless("consistentHash", eachRule(halved))},
		{"hosts in another order", of("VirtualService", func(spec tree, chance *rand.Rand) bool { return shuffleList(spec, "hosts", chance) })},
		{"subsets in another order", of("DestinationRule", func(spec tree, chance *rand.Rand) bool { return shuffleList(spec, "subsets", chance) })},
		{"authorization rules in another order", of("AuthorizationPolicy", func(spec tree, chance *rand.Rand) bool { return shuffleList(spec, "rules", chance) })},
		{"an authorization rule twice", of("AuthorizationPolicy", func(spec tree, _ *rand.Rand) bool { return double(spec, "rules") })},
		{"labels and annotations of rules", annotated},
		{"a subset that nothing names", unless("AUTO_PASSTHROUGH", of("DestinationRule", func(spec tree, _ *rand.Rand) bool {
			items, _ := spec["subsets"].([]any)
			spec["subsets"] = append(items, tree{"name": "unnamed", "labels": tree{"nobody": "has"}})
			return true
		}))},
	}
}

func shuffled(docs []tree, chance *rand.Rand) ([]tree, bool) {
	chance.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return docs, len(docs) > 1
}

// of changes the specs of all documents of a kind.
func of(kind string, change func(tree, *rand.Rand) bool) func([]tree, *rand.Rand) ([]tree, bool) {
	return func(docs []tree, chance *rand.Rand) ([]tree, bool) {
		changed := false
		for _, d := range docs {
			if spec, ok := d["spec"].(tree); ok && d["kind"] == kind {
				changed = change(spec, chance) || changed
			}
		}
		return docs, changed
	}
}

// rules changes lists of HTTP rules.
func rules(change func([]any, *rand.Rand) []any) func([]tree, *rand.Rand) ([]tree, bool) {
	return of("VirtualService", func(spec tree, chance *rand.Rand) bool {
		old, _ := spec["http"].([]any)
		if len(old) == 0 {
			return false
		}
		spec["http"] = change(old, chance)
		return len(spec["http"].([]any)) != len(old)
	})
}

// eachRule changes HTTP rules.
func eachRule(change func(tree, *rand.Rand) bool) func([]tree, *rand.Rand) ([]tree, bool) {
	return of("VirtualService", func(spec tree, chance *rand.Rand) bool {
		changed := false
		http, _ := spec["http"].([]any)
		for _, r := range http {
			if r, ok := r.(tree); ok {
				changed = change(r, chance) || changed
			}
		}
		return changed
	})
}

// eachMatch changes the matches of HTTP rules that replace no part of what was matched.
func eachMatch(change func(tree) bool) func([]tree, *rand.Rand) ([]tree, bool) {
	return eachRule(func(r tree, _ *rand.Rand) bool {
		redirect, _ := r["redirect"].(tree)
		if r["rewrite"] != nil || r["delegate"] != nil || redirect["prefixRewrite"] != nil {
			return false
		}
		changed := false
		matches, _ := r["match"].([]any)
		for _, m := range matches {
			if m, ok := m.(tree); ok && m["ignoreUriCase"] != true {
				changed = change(m) || changed
			}
		}
		return changed
	})
}

func renamed(r tree, chance *rand.Rand) bool {
	r["name"] = fmt.Sprintf("renamed-%d", chance.IntN(1000))
	return true
}

// doubled repeats a rule right behind it. Of one that delegates there may be only one.
func doubled(rules []any, chance *rand.Rand) []any {
	i := chance.IntN(len(rules))
	r := rules[i].(tree)
	if r["delegate"] != nil {
		return rules
	}
	again := clone(r).(tree)
	delete(again, "name")
	return slices.Insert(slices.Clone(rules), i+1, any(again))
}

// unreachable adds a rule behind one that every request meets.
func unreachable(rules []any, _ *rand.Rand) []any {
	last := rules[len(rules)-1].(tree)
	if last["match"] != nil || last["delegate"] != nil {
		return rules
	}
	return append(slices.Clone(rules), tree{"match": []any{tree{"uri": tree{"prefix": "/unreachable"}}}, "directResponse": tree{"status": 418}})
}

// splitMatches makes a rule for each match of a rule.
func splitMatches(rules []any, _ *rand.Rand) []any {
	var out []any
	for _, r := range rules {
		r := r.(tree)
		matches, _ := r["match"].([]any)
		if len(matches) < 2 || r["delegate"] != nil {
			out = append(out, r)
			continue
		}
		for _, m := range matches {
			one := clone(r).(tree)
			delete(one, "name")
			one["match"] = []any{m}
			out = append(out, one)
		}
	}
	return out
}

// rewritten says an exact text or a prefix as a regular expression.
func rewritten(field, test string) func(tree) bool {
	return func(m tree) bool { return asExpression(m, field, test) }
}

func asExpression(m tree, field, test string) bool {
	value, _ := m[field].(tree)
	text, ok := value[test].(string)
	if !ok || text == "" {
		return false
	}
	expression := regexp.QuoteMeta(text)
	if test == "prefix" {
		expression += ".*"
	}
	m[field] = tree{"regex": expression}
	return true
}

func headersRewritten(m tree) bool {
	changed := false
	headers, _ := m["headers"].(tree)
	for name := range headers {
		changed = asExpression(headers, name, "exact") || asExpression(headers, name, "prefix") || changed
	}
	return changed
}

func shuffleList(m tree, field string, chance *rand.Rand) bool {
	items, _ := m[field].([]any)
	chance.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return len(items) > 1
}

// double repeats the last item of a list.
func double(m tree, field string) bool {
	items, _ := m[field].([]any)
	if len(items) == 0 {
		return false
	}
	m[field] = append(slices.Clone(items), clone(items[len(items)-1]))
	return true
}

// scaled multiplies the weights of a rule.
func scaled(r tree, _ *rand.Rand) bool {
	routes, _ := r["route"].([]any)
	changed := false
	for _, d := range routes {
		d := d.(tree)
		if weight := fmt.Sprint(d["weight"]); len(routes) > 1 && d["weight"] != nil {
			n := 0
			if _, err := fmt.Sscan(weight, &n); err == nil && n > 0 {
				d["weight"], changed = 3*n, true
			}
		}
	}
	return changed
}

// unless makes no change where a word is in the mesh. With consistentHash, each destination of a rule is hashed for itself; a
// gateway with AUTO_PASSTHROUGH has a way to each subset. The matches of a rule that delegates are put together with those of the rules
// that it delegates to, which other expressions contradict.
func unless(word string, apply func([]tree, *rand.Rand) ([]tree, bool)) func([]tree, *rand.Rand) ([]tree, bool) {
	return func(docs []tree, chance *rand.Rand) ([]tree, bool) {
		text, err := manifest.Write(docs)
		if err != nil || strings.Contains(string(text), word) {
			return docs, false
		}
		return apply(docs, chance)
	}
}

// halved sends to the only destination of a rule as if it were two.
func halved(r tree, _ *rand.Rand) bool {
	routes, _ := r["route"].([]any)
	if len(routes) != 1 || routes[0].(tree)["headers"] != nil {
		return false
	}
	one, two := clone(routes[0]).(tree), clone(routes[0]).(tree)
	one["weight"], two["weight"] = 30, 70
	r["route"] = []any{one, two}
	return true
}

// annotated adds what only people read.
func annotated(docs []tree, _ *rand.Rand) ([]tree, bool) {
	changed := false
	for _, d := range docs {
		if meta, ok := d["metadata"].(tree); ok && slices.Contains([]any{"VirtualService", "DestinationRule", "AuthorizationPolicy", "Gateway"}, d["kind"]) {
			if meta["annotations"] == nil && meta["labels"] == nil {
				meta["labels"], meta["annotations"], changed = tree{"team": "a"}, tree{"note": "of nobody"}, true
			}
		}
	}
	return docs, changed
}
