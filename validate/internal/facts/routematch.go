package facts

import (
	"regexp"
	"strings"

	"sem.example/internal/mesh/routing"
)

// RouteMatch returns the match of a rule of an HTTPRoute or GRPCRoute, of which there is at most one.
func RouteMatch(rule *routing.HTTPRule) HTTPMatch {
	if len(rule.Matches) == 0 {
		return HTTPMatch{Place: rule.At, AnyGateway: true}
	}
	m := rule.Matches[0]
	c := HTTPMatch{
		Place: m.At[len(m.At)-1], Path: stringMatchOf(m.Path), Scheme: stringMatchOf(m.Scheme), Method: stringMatchOf(m.Method),
		authority: stringMatchOf(m.Authority), headers: namedMatches(m.Headers, true), Without: namedMatches(m.WithoutHeaders, true),
		parameters: namedMatches(m.QueryParams, false), Port: m.Client.Port, Labels: m.Client.Labels, Namespace: m.Client.Namespace, AnyGateway: true,
	}
	if m.Path == (routing.StringMatch{Kind: routing.Prefix, Value: "/"}) {
		c.Path = StringMatch{}
	}
	return c
}

func stringMatchOf(m routing.StringMatch) StringMatch {
	switch m.Kind {
	case routing.Exact:
		return StringMatch{Kind: Exact, Text: m.Value}
	case routing.Prefix:
		return prefixMatch(m.Value)
	case routing.Below:
		return NewRegex(regexp.QuoteMeta(m.Value) + "(/.*)?")
	case routing.Regex:
		return NewRegex(m.Value)
	case routing.Present:
	}
	return StringMatch{}
}

func namedMatches(named []routing.NamedMatch, lower bool) map[string]StringMatch {
	all := make(map[string]StringMatch, len(named))
	for _, m := range named {
		name := m.Name
		if lower {
			name = strings.ToLower(name)
		}
		all[name] = stringMatchOf(m.StringMatch)
	}
	return all
}
