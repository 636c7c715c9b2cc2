package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// eachHTTPRule calls do for every HTTP rule of every VirtualService.
func eachHTTPRule(s *Scope, do func(at httpRule, rule *networking.HTTPRoute)) {
	each(s, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, rule := range spec.GetHttp() {
			do(httpRule{o, i}, rule)
		}
	})
}

// An httpRule is the position of an HTTP rule.
type httpRule struct {
	object *config.Object
	index  int
}

// at is a field of the rule, or the rule itself if the field is "".
func (h httpRule) at(field string) place {
	if field == "" {
		return place{h.object, ruleField(h.index)}
	}
	return place{h.object, ruleField(h.index) + "." + field}
}

// match is a field of one of its matches, or the match itself if the field is "".
func (h httpRule) match(i int, field string) place {
	if field == "" {
		return place{h.object, matchField(h.index, i)}
	}
	return place{h.object, matchField(h.index, i) + "." + field}
}

// conditions returns the matches of the rule, or the one that everything meets.
func (h httpRule) conditions() []condition {
	rule := config.Spec[*networking.VirtualService](h.object).GetHttp()[h.index]
	add := func(all []condition, at place, match int, m *networking.HTTPMatchRequest) []condition {
		c := newCondition(at, m)
		c.rule, c.match, c.delegated = h.index, match, rule.GetDelegate() != nil
		return append(all, c)
	}
	if len(rule.GetMatch()) == 0 {
		return add(nil, h.at(""), -1, nil)
	}
	var all []condition
	for i, m := range rule.GetMatch() {
		all = add(all, h.match(i, ""), i, m)
	}
	return all
}
