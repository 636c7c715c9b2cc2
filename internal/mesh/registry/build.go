package registry

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/settings"
	"sem.example/internal/mesh/visibility"
)

// Build gathers the objects of a cluster into a registry, with the services of the other clusters of the mesh.
func Build(objects []*config.Object, s settings.Settings, others ...Cluster) *Registry {
	r := &Registry{Settings: s, ConfigStore: newStore(objects, s.Config.DiscoverySelectors)}
	b := &builder{newReader(r.ConfigStore, s), r, readRemotes(others, s)}
	b.workloads = newWorkloads(b.gatherWorkloads())
	r.workloads, r.slices, r.podsAt = b.workloads, b.slices, b.podsAt
	b.services()
	r.gateways = b.networkGateways(r.Services, b.remotes)
	return r
}

// A builder fills a registry with what its reader reads.
type builder struct {
	*reader
	registry *Registry
	remotes  []remote
}

// readRemotes reads other clusters, each with its own Nodes, networks and Namespaces.
func readRemotes(others []Cluster, s settings.Settings) []remote {
	var out []remote
	for _, other := range others {
		s.Cluster = other.Name
		there := Build(other.read(), s)
		r := newRemote(other.Name, there.Services, s.Config)
		r.endpoints, r.gateways = there.endpoints, there.gateways
		out = append(out, r)
	}
	return out
}

func (b *builder) gatherWorkloads() []*workload {
	var out []*workload
	for _, o := range b.store.Objects("Pod") {
		out = append(out, b.readyWorkload(o))
	}
	for _, o := range b.store.Objects("WorkloadEntry") {
		out = append(out, b.entryWorkload(o))
	}
	return slices.DeleteFunc(out, func(w *workload) bool { return w == nil })
}

// services makes all services and their endpoints.
func (b *builder) services() {
	m := b.registry
	for _, o := range b.store.Objects("Service") {
		if s := b.kubernetesService(o); s != nil {
			m.Services = append(m.Services, s)
		}
	}
	for _, o := range b.store.Objects("ServiceEntry") {
		m.Services = append(m.Services, b.entryServices(o)...)
	}
	m.Services = append(m.Services, b.backendServices()...)
	m.Services = joined(m.Services, b.remotes)
	slices.SortStableFunc(m.Services, CompareServices)
	resolveAliases(m.Services)
	b.index()
	b.endpoints()
}

// index files the services by who may see them, by host and by owner.
func (b *builder) index() {
	m := b.registry
	m.visible, m.hosts = visibility.NewIndex[*Service](), map[string][]*Service{}
	m.owners, m.kubernetes = make(map[serviceID]*Service, len(m.Services)), map[string][]*Service{}
	for _, s := range m.Services {
		m.visible.Add(s, s.audience)
		m.hosts[s.Host] = append(m.hosts[s.Host], s)
		if s.Kubernetes() && s.Cluster == "" {
			m.kubernetes[s.Namespace] = append(m.kubernetes[s.Namespace], s)
		}
		if now := m.owners[s.id()]; now == nil || !now.Kubernetes() && s.Kubernetes() {
			m.owners[s.id()] = s
		}
	}
}

// endpoints makes the endpoints of all services: those of ServiceEntries come before those of Kubernetes.
func (b *builder) endpoints() {
	m := b.registry
	m.endpoints = make(endpointIndex, len(m.Services))
	m.selectionsAt = map[string][]*selection{}
	for _, kubernetes := range []bool{false, true} {
		for i, s := range m.Services {
			switch {
			case s.Kubernetes() != kubernetes || s.Cluster != "":
			case kubernetes:
				m.endpoints[s.id()] = append(m.endpoints[s.id()], b.kubernetesEndpoints(s)...)
			default:
				b.addEntry(s, i)
			}
		}
	}
	b.strayEndpoints()
	m.endpoints.join(b.remotes)
}

// strayEndpoints files the endpoints of slices whose Service is missing: an entry for the host that the Service would
// have serves them.
func (b *builder) strayEndpoints() {
	for id := range b.slices {
		host := kubernetesHost(id.name, id.namespace, b.settings.Domain)
		at := serviceID{host, id.namespace}
		if b.store.Object("Service", id.namespace, id.name) == nil && b.registry.owners[at] != nil {
			stray := &Service{Host: host, Namespace: id.namespace, Name: id.name}
			b.registry.endpoints[at] = append(b.registry.endpoints[at], b.sliceEndpoints(stray)...)
		}
	}
}

// addEntry adds the endpoints of an entry's service. A service that takes the first address of DNS has one endpoint a
// port, whichever entry of the host names it first.
func (b *builder) addEntry(s *Service, position int) {
	m, id := b.registry, s.id()
	chosen := b.selectionOf(s)
	if s.Resolution == DNSRoundRobin {
		chosen = &selection{endpoints: firstOfPort(m.endpoints[id], chosen.endpoints)}
	}
	if m.endpoints[id] == nil {
		m.endpoints[id] = slices.Clip(chosen.endpoints)
	} else {
		m.endpoints[id] = append(m.endpoints[id], chosen.endpoints...)
	}
	chosen.services = append(chosen.services, positionedService{s, position})
	if len(chosen.services) > 1 {
		return // its addresses are known
	}
	for _, e := range chosen.endpoints {
		list := m.selectionsAt[e.Address]
		if e.IsIP() && !slices.Contains(list, chosen) {
			m.selectionsAt[e.Address] = append(list, chosen)
		}
	}
}

// firstOfPort returns those of further endpoints that are the first of their port.
func firstOfPort(already, further []*Endpoint) []*Endpoint {
	var out []*Endpoint
	for _, e := range further {
		taken := func(other *Endpoint) bool { return other.ServicePort == e.ServicePort }
		if !slices.ContainsFunc(already, taken) && !slices.ContainsFunc(out, taken) {
			out = append(out, e)
		}
	}
	return out
}
