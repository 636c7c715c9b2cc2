package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
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

// match is a field of one of its matches.
func (h httpRule) match(i int, field string) place {
	return place{h.object, source.Join(matchField(h.index, i), field)}
}

// conditions returns the matches of the rule, or the one that everything meets.
func (h httpRule) conditions() []condition {
	var own []condition
	for _, c := range conditionsOf(h.object) {
		if c.rule == h.index {
			own = append(own, c)
		}
	}
	return own
}
