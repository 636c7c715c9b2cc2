package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// Merged returns the rules of a VirtualService with those of its delegates; nil of a delegate itself.
func (s *Routes) Merged(o *config.Object) *mesh.VirtualService {
	return s.merged.get(func() map[*config.Object]*mesh.VirtualService {
		merged := map[*config.Object]*mesh.VirtualService{}
		for _, v := range s.docs.Mesh.VirtualServices() {
			merged[v.Object] = v
		}
		return merged
	})[o]
}

// MergedMatches returns the matches of every HTTP rule of a VirtualService in the order in which the proxy tries them, with those of
// a delegate in the place of the rule that delegates. These are at the delegate, and their Rule is the one that delegates.
func MergedMatches(v *mesh.VirtualService) []HTTPMatch {
	delegated := map[string][]*routing.HTTPRule{}
	for _, rule := range v.HTTP {
		if rule.Root.Known() {
			delegated[rule.Root.Field] = append(delegated[rule.Root.Field], rule)
		}
	}
	var all []HTTPMatch
	for i, rule := range config.Spec[*networking.VirtualService](v.Object).GetHttp() {
		if rule.GetDelegate() == nil {
			all = append(all, HTTPRule{v.Object, i}.Matches()...)
			continue
		}
		for _, d := range delegated[RuleField(i)] {
			all = append(all, mergedMatches(v, i, d)...)
		}
	}
	return all
}

// mergedMatches returns those of a rule of a delegate.
func mergedMatches(v *mesh.VirtualService, rule int, d *routing.HTTPRule) []HTTPMatch {
	matches := d.Matches
	if len(matches) == 0 {
		matches = []routing.HTTPMatch{{At: []config.Place{d.At}}}
	}
	var all []HTTPMatch
	for _, m := range matches {
		c := newHTTPMatch(At(m.At[0].Object, m.At[0].Field), request(m))
		c.Rule, c.Match, c.Gateways = rule, -1, m.Client.Gateways
		c.bind(v.Gateways)
		all = append(all, c)
	}
	return all
}

// request is a match in Istio's API, but for its gateways.
func request(m routing.HTTPMatch) *networking.HTTPMatchRequest {
	return &networking.HTTPMatchRequest{
		Uri: apiMatch(m.Path), IgnoreUriCase: m.IgnorePathCase, Method: apiMatch(m.Method), Authority: apiMatch(m.Authority), Scheme: apiMatch(m.Scheme),
		Headers: apiMatches(m.Headers), WithoutHeaders: apiMatches(m.WithoutHeaders), QueryParams: apiMatches(m.QueryParams),
		Port: m.Client.Port, SourceLabels: m.Client.Labels, SourceNamespace: m.Client.Namespace,
	}
}

func apiMatches(named []routing.NamedMatch) map[string]*networking.StringMatch {
	all := make(map[string]*networking.StringMatch, len(named))
	for _, m := range named {
		all[m.Name] = apiMatch(m.StringMatch)
	}
	return all
}

// apiMatch is a condition in Istio's API. Any string, or any that is present, needs none.
func apiMatch(m routing.StringMatch) *networking.StringMatch {
	switch m.Kind {
	case routing.Exact:
		return &networking.StringMatch{MatchType: &networking.StringMatch_Exact{Exact: m.Value}}
	case routing.Prefix:
		return &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: m.Value}}
	case routing.Regex:
		return &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: m.Value}}
	}
	return nil
}
