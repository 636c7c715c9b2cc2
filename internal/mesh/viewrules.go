package mesh

import (
	"slices"

	"sem.example/internal/config"
)

// DestinationRule returns the rule in force for a service, or nil.
func (v *View) DestinationRule(s *Service) *DestinationRule {
	return v.rules.get(s.Host, func() *DestinationRule {
		seen := v.Service(s.Host)
		if seen == nil {
			seen = s
		}
		m := pick(v.Proxy().rulesFor(seen), v.Proxy().selectedBy)
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
	m := pick(v.Proxy().rulesFor(seen), func(*filedRule) bool { return false })
	if m == nil {
		return nil
	}
	return m.Rule
}

// rulesFor returns the merged DestinationRules that decide for a service.
func (r ProxyReader) rulesFor(s *Service) []*filedRule {
	v := r.view
	if v.reads != nil && v.Mesh.rules.cover(s.Host) {
		r.record(rulesFor{s.Host, s.Namespace})
	}
	return v.scope.rules(s)
}

// selectedBy reports whether a rule is for the proxy, among those of its own namespace.
func (r ProxyReader) selectedBy(f *filedRule) bool {
	return r.In(f.Namespace()) && r.Selected(f.Selector.Labels)
}

// mayUse reports whether exportTo lets the proxy use a rule.
func (r ProxyReader) mayUse(o *config.Object) bool {
	return ruleVisible(o, r.read(mayUse{o}).Namespace, r.view.Mesh.Settings)
}
