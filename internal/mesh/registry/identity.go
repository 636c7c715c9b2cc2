package registry

import (
	"maps"
	"slices"
	"strings"

	"sem.example/internal/mesh/settings"
)

// Identities returns the identities that endpoints of a service may show, those of trust domain aliases included: of the
// service accounts that run them, and those that the service lists itself. They are sorted.
func (r *Registry) Identities(s *Service) []string {
	own := s
	for _, other := range r.ServicesOf(s.Host) {
		if other.Namespace == s.Namespace {
			own = other // of several services of the namespace the youngest lists, as in istiod
		}
	}
	set := map[string]bool{}
	for _, id := range slices.Concat(own.SubjectAltNames, own.ServiceAccounts) {
		set[id] = true
	}
	for _, e := range r.endpoints[s.id()] {
		if e.ServiceAccount != "" {
			set[e.ServiceAccount] = true
		}
	}
	for id := range maps.Clone(set) {
		for _, alias := range r.Settings.Config.TrustDomainAliases {
			if moved, ok := inDomain(id, alias); ok {
				set[moved] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// inDomain returns the same identity in another trust domain. A name that is not the identity of a service account,
// domain/ns/NAMESPACE/sa/ACCOUNT, has none.
func inDomain(id, domain string) (string, bool) {
	rest, ok := strings.CutPrefix(id, settings.SPIFFE)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 5 || parts[1] != "ns" || parts[3] != "sa" {
		return "", false
	}
	parts[0] = domain
	return settings.SPIFFE + strings.Join(parts, "/"), true
}
