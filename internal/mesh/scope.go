package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/release"
)

// A scope is what all proxies of a namespace see that one Sidecar serves, or that are gateways: most of a view.
type scope struct {
	*sidecarScope
	mesh      *Mesh
	namespace string
	merged    memo[hostAndNamespace, []*filedRule]
}

// A hostAndNamespace names the services that share their DestinationRules.
type hostAndNamespace struct{ host, namespace string }

type scopeKey struct {
	namespace string
	sidecar   *config.Object
	gateway   bool
}

// scope returns the scope of a proxy, computing it for the first proxy that has it.
func (m *Mesh) scope(p Proxy, sidecar *config.Object) *scope {
	key := scopeKey{p.Namespace, sidecar, p.Type == Gateway}
	return m.scopes.get(key, func() *scope {
		return &scope{sidecarScope: m.sidecarScope(key), mesh: m, namespace: p.Namespace}
	})
}

// rules returns the merged DestinationRules that decide for a service.
func (sc *scope) rules(s *Service) []*filedRule {
	of := hostAndNamespace{s.Host, s.Namespace}
	return sc.merged.get(of, func() []*filedRule {
		return sc.mesh.rules.forClient(sc.namespace, sc.mesh.Settings.Config.RootNamespace, of)
	})
}

// owner returns the service of a host as clients of a namespace mean it when a rule names the host: their own
// namespace's, else a visible Kubernetes Service, else the oldest that is visible. Older releases take the visible one of
// the first namespace by name.
func (m *Mesh) owner(host, namespace string) *Service {
	if s := m.Owner(host, namespace); s != nil {
		return s
	}
	byName := !m.Settings.Release.Has(release.PickBestService)
	var best *Service
	for _, s := range m.ServicesOf(host) {
		if !m.IsOwner(s) || !s.VisibleIn(namespace) {
			continue
		}
		switch {
		case byName && (best == nil || s.Namespace < best.Namespace):
			best = s
		case byName:
		case s.Kubernetes():
			return s
		case best == nil:
			best = s // the list goes by age
		}
	}
	return best
}

// outbound returns the outbound traffic policy in force, and where it is written.
func (m *Mesh) outbound(sidecar *config.Object) (*networking.OutboundTrafficPolicy, config.Place) {
	if sidecar != nil {
		if p := config.Spec[*networking.Sidecar](sidecar).OutboundTrafficPolicy; p != nil {
			return p, config.Place{Object: sidecar, Field: "spec.outboundTrafficPolicy"}
		}
	}
	mode := networking.OutboundTrafficPolicy_Mode(m.Settings.Config.GetOutboundTrafficPolicy().GetMode())
	policy := &networking.OutboundTrafficPolicy{Mode: mode}
	return policy, m.Settings.PlaceOf("outboundTrafficPolicy")
}
