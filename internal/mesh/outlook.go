package mesh

import (
	"slices"

	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// An outlook is which services and VirtualServices the proxies of a scope see. Ordinary namespaces share one.
type outlook struct {
	egress   []*EgressListener
	services []*Service // one a host
	byHost   map[string]int
}

// outlook returns the outlook of a scope. In a large mesh it takes a while to compute, and most namespaces have no
// Sidecar and see what all others see.
func (m *Mesh) outlook(of scopeKey) *outlook {
	shared := of
	if of.sidecar == nil && m.ordinary(of.namespace) {
		shared.namespace = ""
	}
	return m.outlooks.get(shared, func() *outlook {
		k := &outlook{byHost: map[string]int{}}
		if of.gateway {
			k.gateway(m, of.namespace)
		} else {
			k.sidecar(m, of)
		}
		return k
	})
}

// sidecar fills the outlook with what the listeners of a Sidecar import.
func (k *outlook) sidecar(m *Mesh, of scopeKey) {
	k.egress = m.egressListeners(of.namespace, of.sidecar)
	for _, l := range k.egress {
		k.imports(m, of.namespace, l)
	}
}

// gateway fills the outlook with all that a namespace may see: Sidecars do not concern gateways.
func (k *outlook) gateway(m *Mesh, namespace string) {
	for _, s := range m.VisibleTo(namespace) {
		k.add(s)
	}
	rules := m.virtualServices.to(namespace, MeshGateway)
	k.egress = []*EgressListener{newListener(nil, "", k.services, rules)}
}

// imports adds the services of a listener, then those that its VirtualServices send traffic to.
func (k *outlook) imports(m *Mesh, namespace string, l *EgressListener) {
	for _, s := range l.Services {
		k.add(s)
	}
	for _, v := range l.VirtualServices {
		for _, d := range destinations(v, namespace) {
			s := m.owner(d.host, namespace)
			if s == nil || k.service(s.Host) == s { // then all its ports are there
				continue
			}
			if l.MatchesPort() {
				s = l.onPort(s)
			} else {
				s = s.OnPorts(d.ports)
			}
			if s != nil {
				k.add(s)
			}
		}
	}
}

// add takes a service into the outlook. Of one host the first stays, unless a Kubernetes Service comes after an entry;
// ports that another service of the same kind and namespace has are added to those of the first.
func (k *outlook) add(s *Service) {
	i, found := k.byHost[s.Host]
	if !found {
		k.byHost[s.Host] = len(k.services)
		k.services = append(k.services, s)
		return
	}
	now := k.services[i]
	switch {
	case now == s || now.Kubernetes() && !s.Kubernetes():
	case s.Kubernetes() && !now.Kubernetes():
		k.services[i] = s
	case !registry.SamePorts(now, s) && registry.Mergeable(now, s):
		ports := slices.Clone(now.Ports)
		for _, p := range s.Ports {
			if now.Port(p.Number) == nil {
				ports = append(ports, p.Joining(now, s.Object))
			}
		}
		k.services[i] = now.WithPorts(ports)
	}
}

func (k *outlook) service(host string) *Service {
	if i, ok := k.byHost[host]; ok {
		return k.services[i]
	}
	return nil
}

// ordinary says whether nothing sets a namespace apart: whoever looks from there sees what any other such namespace
// sees. Set apart are namespaces that an exportTo or sourceNamespace names, those with an object that is not for all,
// and those whose services have a host in common with another namespace's, for each prefers its own.
func (m *Mesh) ordinary(namespace string) bool {
	m.sorting.Do(func() {
		m.apart = map[string]bool{}
		m.serviceOdds()
		for _, v := range m.virtualServices.all {
			m.setApart(v.Audience, v.Object.Namespace)
			if v.GatewayAPI {
				m.apart[v.Object.Namespace] = true // its own routes come first
			}
			for _, r := range v.HTTP {
				m.sourceOdds(r)
			}
		}
	})
	return !m.apart[namespace]
}

func (m *Mesh) serviceOdds() {
	home := map[string]string{} // of a host
	for _, s := range m.Services {
		m.setApart(s.Audience(), s.Namespace)
		if first, ok := home[s.Host]; ok && first != s.Namespace {
			m.apart[first], m.apart[s.Namespace] = true, true
		} else {
			home[s.Host] = s.Namespace
		}
	}
}

func (m *Mesh) sourceOdds(r *routing.HTTPRule) {
	for _, match := range r.Matches {
		if match.Client.Namespace != "" {
			m.apart[match.Client.Namespace] = true
		}
	}
}

// setApart notes the namespaces to which an object of a namespace is not what it is to all others.
func (m *Mesh) setApart(a visibility.Audience, home string) {
	if a.Public {
		return
	}
	m.apart[home] = true
	for _, ns := range a.Namespaces {
		m.apart[ns] = true
	}
}
