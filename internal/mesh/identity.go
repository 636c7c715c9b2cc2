package mesh

import (
	"maps"
	"slices"
	"strings"
)

const spiffe = "spiffe://"

// Identity returns the SPIFFE identity of a service account, or "" where one of its names is missing.
func (s Settings) Identity(namespace, account string) string {
	if namespace == "" || account == "" {
		return ""
	}
	return spiffe + s.Config.TrustDomain + "/ns/" + namespace + "/sa/" + account
}

// Identities returns the identities that endpoints of a service may show, those of trust domain aliases included: of the
// service accounts that run them, and those that the service lists itself. They are sorted.
func (v *View) Identities(s *Service) []string {
	own := s
	for _, other := range v.Mesh.ServicesOf(s.Host) {
		if other.Namespace == s.Namespace {
			own = other // of several services of the namespace the youngest lists, as in istiod
		}
	}
	set := map[string]bool{}
	for _, id := range slices.Concat(own.SubjectAltNames, own.ServiceAccounts) {
		set[id] = true
	}
	for _, e := range v.Mesh.endpoints[s.id()] {
		if e.ServiceAccount != "" {
			set[e.ServiceAccount] = true
		}
	}
	for id := range maps.Clone(set) {
		for _, alias := range v.Mesh.Settings.Config.TrustDomainAliases {
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
	rest, ok := strings.CutPrefix(id, spiffe)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 5 || parts[1] != "ns" || parts[3] != "sa" {
		return "", false
	}
	parts[0] = domain
	return spiffe + strings.Join(parts, "/"), true
}
