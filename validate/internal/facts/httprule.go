package facts

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// EachHTTPRule calls do for every HTTP rule of every VirtualService.
func EachHTTPRule(s *Documents, do func(at HTTPRule, rule *networking.HTTPRoute)) {
	Each(s, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, rule := range spec.GetHttp() {
			do(HTTPRule{o, i}, rule)
		}
	})
}

// An HTTPRule is the position of an HTTP rule.
type HTTPRule struct {
	Object *config.Object
	Index  int
}

// At is a field of the rule, or the rule itself if the field is "".
func (h HTTPRule) At(field string) Place {
	return RuleAt(h.Object, "http", h.Index).Sub(field)
}

// Match is a field of one of its matches, or the match itself if the field is "".
func (h HTTPRule) Match(i int, field string) Place {
	return h.At("match").Item(i).Sub(field)
}

// Matches returns the matches of the rule, or the one that everything meets.
func (h HTTPRule) Matches() []HTTPMatch {
	rule := config.Spec[*networking.VirtualService](h.Object).GetHttp()[h.Index]
	add := func(all []HTTPMatch, at Place, match int, m *networking.HTTPMatchRequest) []HTTPMatch {
		c := newHTTPMatch(at, m)
		c.Rule, c.Match, c.Delegated = h.Index, match, rule.GetDelegate() != nil
		return append(all, c)
	}
	if len(rule.GetMatch()) == 0 {
		return add(nil, h.At(""), -1, nil)
	}
	var all []HTTPMatch
	for i, m := range rule.GetMatch() {
		all = add(all, h.Match(i, ""), i, m)
	}
	return all
}

// RuleAt is a rule of a VirtualService in its list http, tls or tcp.
func RuleAt(o *config.Object, list string, i int) Place { return At(o, "spec").Sub(list).Item(i) }

// RuleField is the path of an HTTP rule.
func RuleField(rule int) string { return source.Index("spec.http", rule) }

// MatchField is the path of a match of an HTTP rule.
func MatchField(rule, match int) string { return source.Index(RuleField(rule)+".match", match) }

// WithoutNames returns conditions without their names, which do not match anything.
func WithoutNames(matches []*networking.HTTPMatchRequest) []proto.Message {
	var all []proto.Message
	for _, m := range matches {
		if m.GetName() != "" {
			m = proto.CloneOf(m)
			m.Name = ""
		}
		all = append(all, m)
	}
	return all
}

// Digest is the same for equal messages.
func Digest(m proto.Message) string {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return fmt.Sprint(m)
	}
	return string(data)
}
