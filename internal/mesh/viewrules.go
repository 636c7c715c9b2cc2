package mesh

import (
	"slices"
)

// DestinationRule returns the rule in force for a service, or nil.
func (v *View) DestinationRule(s *Service) *DestinationRule {
	return v.rules.get(s.Host, func() *DestinationRule {
		seen := v.Service(s.Host)
		if seen == nil {
			seen = s
		}
		m := pick(v.scope.rules(seen), v.Proxy)
		if m == nil {
			return nil
		}
		out := *m.Rule
		out.Ignored = slices.Concat(m.Ignored, v.hiddenRules(seen, m))
		return &out
	})
}

// ServerRule returns the rule that counts for a service where the proxy itself serves it, or nil. Rules that select
// clients do not, and a service that the proxy does not see has none.
func (v *View) ServerRule(s *Service) *DestinationRule {
	seen := v.Service(s.Host)
	if seen == nil {
		return nil
	}
	m := pick(v.scope.rules(seen), Proxy{})
	if m == nil {
		return nil
	}
	return m.Rule
}
