package mesh

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A scope is what all proxies of a namespace see that one Sidecar serves, or that are gateways: most of a view.
type scope struct {
	mesh      *Mesh
	namespace string
	egress    []*EgressListener
	services  []*Service // one a host
	byHost    map[string]int
	merged    memo[serviceID, []*mergedRule]
}

type scopeKey struct {
	namespace string
	sidecar   *config.Object
	gateway   bool
}

// scope returns the scope of a proxy, computing it for the first proxy that has it.
func (m *Mesh) scope(p Proxy, sidecar *config.Object) *scope {
	return m.scopes.get(scopeKey{p.Namespace, sidecar, p.Type == Gateway}, func() *scope {
		sc := &scope{mesh: m, namespace: p.Namespace, byHost: map[string]int{}}
		if p.Type == Gateway {
			sc.gateway()
		} else {
			sc.sidecar(sidecar)
		}
		return sc
	})
}

// sidecar fills the scope with what the listeners of a Sidecar import.
func (sc *scope) sidecar(o *config.Object) {
	sc.egress = sc.mesh.egressListeners(sc.namespace, o)
	for _, l := range sc.egress {
		sc.imports(l)
	}
}

// gateway fills the scope with all that the namespace may see: Sidecars do not concern gateways.
func (sc *scope) gateway() {
	for _, s := range sc.mesh.visible.to(sc.namespace) {
		sc.add(s)
	}
	rules := sc.mesh.virtualServices.to(sc.namespace, MeshGateway)
	sc.egress = []*EgressListener{newListener(nil, "", sc.services, rules)}
}

// imports adds the services of a listener, then those that its VirtualServices send traffic to.
func (sc *scope) imports(l *EgressListener) {
	for _, s := range l.Services {
		sc.add(s)
	}
	for _, v := range l.VirtualServices {
		for _, d := range v.destinations(sc.namespace) {
			s := sc.mesh.owner(d.host, sc.namespace)
			if s == nil {
				continue
			}
			if l.MatchesPort() {
				s = l.onPort(s)
			} else {
				s = s.onPorts(d.ports)
			}
			if s != nil {
				sc.add(s)
			}
		}
	}
}

// onPorts returns the service with those of its ports that rules name; a rule that names none needs all. It is nil
// where the rules name none of its ports.
func (s *Service) onPorts(numbers []uint32) *Service {
	if slices.Contains(numbers, 0) {
		return s
	}
	var kept []*Port
	for _, p := range s.Ports {
		if slices.Contains(numbers, p.Number) {
			kept = append(kept, p)
		}
	}
	switch len(kept) {
	case len(s.Ports):
		return s
	case 0:
		return nil
	}
	return s.withPorts(kept)
}

// add takes a service into the scope. Of one host the first stays, unless a Kubernetes Service comes after an entry;
// ports that another service of the same kind and namespace has are added to those of the first.
func (sc *scope) add(s *Service) {
	i, found := sc.byHost[s.Host]
	if !found {
		sc.byHost[s.Host] = len(sc.services)
		sc.services = append(sc.services, s)
		return
	}
	now := sc.services[i]
	switch {
	case now == s || now.Kubernetes() && !s.Kubernetes():
	case s.Kubernetes() && !now.Kubernetes():
		sc.services[i] = s
	case !samePorts(now, s) && mergeable(now, s):
		ports := slices.Clone(now.Ports)
		for _, p := range s.Ports {
			if now.Port(p.Number) == nil {
				ports = append(ports, p)
			}
		}
		sc.services[i] = now.withPorts(ports)
	}
}

func (sc *scope) service(host string) *Service {
	if i, ok := sc.byHost[host]; ok {
		return sc.services[i]
	}
	return nil
}

// rules returns the merged DestinationRules that decide for a service.
func (sc *scope) rules(s *Service) []*mergedRule {
	return sc.merged.get(s.id(), func() []*mergedRule {
		return sc.mesh.rules.forClient(sc.namespace, sc.mesh.Settings.Config.RootNamespace, s)
	})
}

// owner returns the service of a host as clients of a namespace mean it when a rule names the host: their own
// namespace's, else a visible Kubernetes Service, else the oldest that is visible.
func (m *Mesh) owner(host, namespace string) *Service {
	if s := m.owners[serviceID{host, namespace}]; s != nil {
		return s
	}
	var best *Service
	for _, s := range m.ServicesOf(host) {
		if m.owners[s.id()] != s || !s.VisibleIn(namespace) {
			continue
		}
		if s.Kubernetes() {
			return s
		}
		if best == nil {
			best = s // the list goes by age
		}
	}
	return best
}

// outbound returns the outbound traffic policy in force, and where it is written.
func (m *Mesh) outbound(sidecar *config.Object) (*networking.OutboundTrafficPolicy, Written) {
	if sidecar != nil {
		if p := config.Spec[*networking.Sidecar](sidecar).OutboundTrafficPolicy; p != nil {
			return p, Written{sidecar, "spec.outboundTrafficPolicy"}
		}
	}
	mode := networking.OutboundTrafficPolicy_Mode(m.Settings.Config.GetOutboundTrafficPolicy().GetMode())
	policy := &networking.OutboundTrafficPolicy{Mode: mode}
	return policy, m.Settings.Written("outboundTrafficPolicy")
}
