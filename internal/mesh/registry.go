package mesh

import (
	"slices"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/mesh/visibility"
)

// A builder gathers objects into a mesh.
type builder struct {
	mesh       *Mesh
	objects    map[string][]*config.Object
	namespaces map[string]meta
	nodes      map[string]map[string]string // labels by name
	networks   networks
}

// meta is what the metadata of a Namespace says.
type meta struct{ labels, annotations map[string]string }

func newBuilder(m *Mesh) *builder {
	b := &builder{mesh: m, objects: m.objects, namespaces: map[string]meta{}, nodes: map[string]map[string]string{}}
	m.slices, m.podsAt = map[objectID][]*config.Object{}, map[string][]*config.Object{}
	for _, o := range m.objects["Namespace"] {
		b.namespaces[o.Name] = meta{o.Labels, o.Annotations}
	}
	for _, o := range m.objects["Node"] {
		b.nodes[o.Name] = o.Labels
	}
	for _, o := range m.objects["EndpointSlice"] {
		id := objectID{o.Namespace, o.Labels[labelService]}
		m.slices[id] = append(m.slices[id], o)
	}
	for _, o := range m.objects["Pod"] {
		if pod := config.Spec[*config.Pod](o); pod != nil && podReady(pod) {
			m.podsAt[pod.Status.PodIP] = append(m.podsAt[pod.Status.PodIP], o)
		}
	}
	b.networks = b.readNetworks()
	m.workloads = newWorkloads(b.gatherWorkloads())
	return b
}

func (b *builder) config() *meshconfig.MeshConfig { return b.mesh.Settings.Config }

func (b *builder) find(kind string, id objectID) *config.Object {
	return b.mesh.Object(kind, id.namespace, id.name)
}

func (b *builder) gatherWorkloads() []*workload {
	var out []*workload
	for _, o := range b.objects["Pod"] {
		out = append(out, b.readyWorkload(o))
	}
	for _, o := range b.objects["WorkloadEntry"] {
		out = append(out, b.entryWorkload(o))
	}
	return slices.DeleteFunc(out, func(w *workload) bool { return w == nil })
}

// services makes all services and their endpoints.
func (b *builder) services() {
	m := b.mesh
	for _, o := range b.objects["Service"] {
		if s := b.kubernetesService(o); s != nil {
			m.Services = append(m.Services, s)
		}
	}
	for _, o := range b.objects["ServiceEntry"] {
		m.Services = append(m.Services, b.entryServices(o)...)
	}
	slices.SortStableFunc(m.Services, compareServices)
	resolveAliases(m.Services)
	b.index()
	b.endpoints()
}

// index files the services by who may see them, by host and by owner.
func (b *builder) index() {
	m := b.mesh
	m.visible, m.hosts = visibility.NewIndex[*Service](), newHostIndex[[]*Service]()
	m.owners, m.kubernetes = make(map[serviceID]*Service, len(m.Services)), map[string][]*Service{}
	for _, s := range m.Services {
		m.visible.Add(s, s.audience)
		m.hosts.put(s.Host, append(m.ServicesOf(s.Host), s))
		if s.Kubernetes() {
			m.kubernetes[s.Namespace] = append(m.kubernetes[s.Namespace], s)
		}
		if now := m.owners[s.id()]; now == nil || !now.Kubernetes() && s.Kubernetes() {
			m.owners[s.id()] = s
		}
	}
}

// endpoints makes the endpoints of all services: those of ServiceEntries come before those of Kubernetes.
func (b *builder) endpoints() {
	m := b.mesh
	m.endpoints = make(endpointIndex, len(m.Services))
	m.entriesAt = map[string][]Target{}
	for _, kubernetes := range []bool{false, true} {
		for _, s := range m.Services {
			switch {
			case s.Kubernetes() != kubernetes:
			case kubernetes:
				m.endpoints[s.id()] = append(m.endpoints[s.id()], b.kubernetesEndpoints(s)...)
			default:
				b.addEntry(s)
			}
		}
	}
	b.strayEndpoints()
}

// strayEndpoints files the endpoints of slices whose Service is missing: an entry for the host that the Service would
// have serves them.
func (b *builder) strayEndpoints() {
	for id := range b.mesh.slices {
		host := kubernetesHost(id.name, id.namespace, b.mesh.Settings.Domain)
		at := serviceID{host, id.namespace}
		if b.find("Service", id) == nil && b.mesh.owners[at] != nil {
			stray := &Service{Host: host, Namespace: id.namespace, Name: id.name}
			b.mesh.endpoints[at] = append(b.mesh.endpoints[at], b.sliceEndpoints(stray)...)
		}
	}
}

// addEntry adds the endpoints of an entry's service. A service that takes the first address of DNS has one endpoint a
// port, whichever entry of the host names it first.
func (b *builder) addEntry(s *Service) {
	m, id := b.mesh, s.id()
	for _, e := range b.entryEndpoints(s) {
		taken := func(other *Endpoint) bool { return other.ServicePort == e.ServicePort }
		if s.Resolution == DNSRoundRobin && slices.ContainsFunc(m.endpoints[id], taken) {
			continue
		}
		m.endpoints[id] = append(m.endpoints[id], e)
		if e.IsIP() {
			if p := s.Port(e.ServicePort); p != nil {
				m.entriesAt[e.Address] = append(m.entriesAt[e.Address], Target{s, p, e.Port})
			}
		}
	}
}
