package registry

import (
	"slices"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/mesh/visibility"
)

// entryAudience is who may see a ServiceEntry: its exportTo, narrowed by the mesh's own rule about entries.
func (b *reader) entryAudience(exportTo []string, namespace string) visibility.Audience {
	a := visibility.Of(exportTo, b.settings.ExportTo(b.config().DefaultServiceExportTo), namespace)
	rule := b.config().GetServiceEntryVisibility()
	if !rule.GetApplyToSidecars() {
		return a
	}
	switch b.entryVisibility(rule, namespace) {
	case meshconfig.ServiceEntryVisibility_NAMESPACE:
		if a.Includes(namespace) {
			return visibility.Audience{Namespaces: []string{namespace}}
		}
		return visibility.Audience{}
	case meshconfig.ServiceEntryVisibility_NONE:
		return visibility.Audience{}
	}
	return a
}

// entryVisibility is that of the first policy whose rules all select the namespace, else the default.
func (b *reader) entryVisibility(rule *meshconfig.ServiceEntryVisibility, namespace string) meshconfig.ServiceEntryVisibility_Visibility {
	labels := b.namespaces[namespace].labels
	for _, policy := range rule.Policies {
		if !slices.ContainsFunc(policy.MatchingRules, func(r *meshconfig.ServiceEntryVisibility_MatchRule) bool {
			return r.GetNamespaceSelector() == nil || !selectsNamespace(r.GetNamespaceSelector(), labels)
		}) {
			return policy.Visibility
		}
	}
	return rule.DefaultVisibility
}
