package mesh

import (
	"slices"

	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// A sidecarScope is which services and VirtualServices the proxies of a scope see. Most namespaces share one.
type sidecarScope struct {
	egress   []*EgressListener
	services []*Service // one a host
	byHost   map[string]int
}

// sidecarScope returns the sidecarScope of a scope. In a large mesh it takes a while to compute, and most namespaces have no
// Sidecar and see what all others see.
func (m *Mesh) sidecarScope(of scopeKey) *sidecarScope {
	shared := of
	if of.sidecar == nil && m.seesAsMost(of.namespace) {
		shared.namespace = ""
	}
	return m.sidecarScopes.get(shared, func() *sidecarScope {
		k := &sidecarScope{byHost: map[string]int{}}
		if of.gateway {
			k.gateway(m, of.namespace)
		} else {
			k.sidecar(m, of)
		}
		return k
	})
}

// sidecar fills the sidecarScope with what the listeners of a Sidecar import.
func (k *sidecarScope) sidecar(m *Mesh, of scopeKey) {
	k.egress = m.egressListeners(of.namespace, of.sidecar)
	for _, l := range k.egress {
		k.imports(m, of.namespace, l)
	}
}

// gateway fills the sidecarScope with all that a namespace may see: Sidecars do not concern gateways.
func (k *sidecarScope) gateway(m *Mesh, namespace string) {
	for _, s := range m.VisibleTo(namespace) {
		k.add(s)
	}
	rules := m.virtualServices.to(namespace, MeshGateway)
	k.egress = []*EgressListener{newListener(nil, "", k.services, rules)}
}

// imports adds the services of a listener, then those that its VirtualServices send traffic to.
func (k *sidecarScope) imports(m *Mesh, namespace string, l *EgressListener) {
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

// add takes a service into the sidecarScope. Of one host the first stays, unless a Kubernetes Service comes after an entry;
// ports that another service of the same kind and namespace has are added to those of the first.
func (k *sidecarScope) add(s *Service) {
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

func (k *sidecarScope) service(host string) *Service {
	if i, ok := k.byHost[host]; ok {
		return k.services[i]
	}
	return nil
}

// seesAsMost reports whether nothing sets a namespace apart: whoever looks from there sees what any other such namespace
// sees. Set apart are namespaces that an exportTo or sourceNamespace names, those with an object that is not for all,
// and those whose services have a host in common with another namespace's, for each prefers its own.
//
// The reads of a scope are not recorded, as those of a proxy are, see [Record]: it asks of every service and VirtualService
// whether the namespace sees it, so that comparing the answers of another namespace takes as long as computing its scope. One pass
// over the objects finds the namespaces that any answer may differ for. Tests compare shared scopes with those computed alone.
func (m *Mesh) seesAsMost(namespace string) bool {
	m.sorting.Do(func() {
		m.distinct = map[string]bool{}
		m.distinctByServices()
		for _, v := range m.virtualServices.all {
			m.setDistinct(v.Audience, v.Object.Namespace)
			if v.GatewayAPI {
				m.distinct[v.Object.Namespace] = true // its own routes come first
			}
			for _, r := range v.HTTP {
				m.distinctBySources(r)
			}
		}
	})
	return !m.distinct[namespace]
}

func (m *Mesh) distinctByServices() {
	home := map[string]string{} // of a host
	for _, s := range m.Services {
		m.setDistinct(s.Audience(), s.Namespace)
		if first, ok := home[s.Host]; ok && first != s.Namespace {
			m.distinct[first], m.distinct[s.Namespace] = true, true
		} else {
			home[s.Host] = s.Namespace
		}
	}
}

func (m *Mesh) distinctBySources(r *routing.HTTPRule) {
	for _, match := range r.Matches {
		if match.Client.Namespace != "" {
			m.distinct[match.Client.Namespace] = true
		}
	}
}

// setDistinct notes the namespaces to which an object of a namespace is not what it is to all others.
func (m *Mesh) setDistinct(a visibility.Audience, home string) {
	if a.Public {
		return
	}
	m.distinct[home] = true
	for _, ns := range a.Namespaces {
		m.distinct[ns] = true
	}
}
