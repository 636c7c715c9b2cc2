package mesh

import (
	"maps"
	"slices"
	"sync"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh/visibility"
)

// A Mesh is everything that was loaded.
type Mesh struct {
	Settings Settings
	Services []*Service // by age as istiod orders them

	objects map[string][]*config.Object // by kind, the oldest first
	named   map[objectKey]*config.Object
	left    []config.Ignored // what istiod does not watch

	templated []string // kinds that make Pods from a template

	hosts      *hostIndex[[]*Service] // by age
	owners     map[serviceID]*Service // of several services of one host and namespace the one that counts
	kubernetes map[string][]*Service  // Kubernetes Services by namespace
	visible    *visibility.Index[*Service]
	endpoints  endpointIndex

	workloads *workloads
	slices    map[objectID][]*config.Object // EndpointSlices by Service
	podsAt    map[string][]*config.Object   // ready Pods by address
	entriesAt map[string][]Target           // ports of ServiceEntries by address
	gateways  []*NetworkGateway

	listing sync.Once
	listed  map[string][]*config.Object // workloads by namespace, all of them under ""

	virtualServices virtualServiceIndex
	rules           *destinationRules
	sidecars        sidecars
	peers           peers

	scopes   memo[scopeKey, *scope]
	outlooks memo[scopeKey, *outlook]
	sorting  sync.Once
	apart    map[string]bool // namespaces, see ordinary
	asked    memo[struct{}, *questionnaire]
}

// An objectID names an object of a kind.
type objectID struct{ namespace, name string }

type objectKey struct {
	kind string
	id   objectID
}

// Build gathers objects into a mesh. Of several objects of one kind and name the last of the input counts, as it would in
// a cluster that they are applied to.
func Build(objects []*config.Object, settings Settings) (*Mesh, diag.List) {
	m := &Mesh{Settings: settings.complete(), named: map[objectKey]*config.Object{}}
	objects, m.left = discovered(objects, m.Settings.Config.DiscoverySelectors)
	for _, o := range objects {
		m.named[keyOf(o)] = o
	}
	objects = slices.DeleteFunc(slices.Clone(objects), func(o *config.Object) bool { return o.Name != "" && m.named[keyOf(o)] != o })
	m.objects = byKind(objects)
	m.templated = templatedKinds(m.objects)
	b := newBuilder(m)
	b.services()
	m.virtualServices = b.virtualServices()
	m.rules = b.destinationRules()
	m.sidecars = b.sidecars()
	m.peers = b.peers()
	m.gateways = b.networkGateways()
	return m, nil
}

func keyOf(o *config.Object) objectKey {
	if clusterScoped[o.Kind] {
		return objectKey{o.Kind, objectID{"", o.Name}}
	}
	return objectKey{o.Kind, objectID{o.Namespace, o.Name}}
}

// Objects returns the objects of a kind, the oldest first.
func (m *Mesh) Objects(kind string) []*config.Object { return m.objects[kind] }

// Object returns the object of a kind and name, or nil.
func (m *Mesh) Object(kind, namespace, name string) *config.Object {
	return m.named[objectKey{kind, objectID{namespace, name}}]
}

// Undiscovered returns the objects that istiod does not watch, with the reason. They are not part of the mesh.
func (m *Mesh) Undiscovered() []config.Ignored { return m.left }

// ServicesOf returns all services of a host, visible or not, by age.
func (m *Mesh) ServicesOf(host string) []*Service {
	list, _ := m.hosts.at(host)
	return list
}

// Covering returns all services whose host is the given one or a wildcard that covers it, visible or not: the most
// specific host first, of one host by age.
func (m *Mesh) Covering(host string) []*Service {
	var out []*Service
	for list := range m.hosts.covering(host) {
		out = append(out, list...)
	}
	return out
}

// VirtualServices returns all VirtualServices that have hosts, completed and merged, the oldest first.
func (m *Mesh) VirtualServices() []*VirtualService { return m.virtualServices.all }

// Selected returns the workloads of a namespace, or of all where it is "", that a selector picks: Pods, WorkloadEntries,
// and what makes Pods or registers WorkloadEntries by a template.
func (m *Mesh) Selected(namespace string, selector map[string]string) []*config.Object {
	return slices.DeleteFunc(slices.Clone(m.templates(namespace)), func(o *config.Object) bool {
		return !selects(selector, WorkloadLabels(o))
	})
}

// templates returns all workloads of a namespace, or of all where it is "", in the order of their kinds.
func (m *Mesh) templates(namespace string) []*config.Object {
	m.listing.Do(func() {
		m.listed = map[string][]*config.Object{}
		for _, kind := range append([]string{"Pod", "WorkloadEntry", "WorkloadGroup"}, m.templated...) {
			for _, o := range m.objects[kind] {
				m.listed[o.Namespace] = append(m.listed[o.Namespace], o)
				if o.Namespace != "" {
					m.listed[""] = append(m.listed[""], o)
				}
			}
		}
	})
	return m.listed[namespace]
}

// Namespaces returns the names of all namespaces that objects live in, sorted.
func (m *Mesh) Namespaces() []string {
	seen := map[string]bool{}
	for kind, list := range m.objects {
		for _, o := range list {
			if kind == "Namespace" {
				seen[o.Name] = true
			} else if o.Namespace != "" && !clusterScoped[kind] {
				seen[o.Namespace] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// clusterScoped are the kinds whose objects live in no namespace.
var clusterScoped = map[string]bool{"Namespace": true, "Node": true}

// byKind groups objects, each list from the oldest to the youngest.
func byKind(objects []*config.Object) map[string][]*config.Object {
	out := map[string][]*config.Object{}
	for _, o := range objects {
		out[o.Kind] = append(out[o.Kind], o)
	}
	for _, list := range out {
		slices.SortStableFunc(list, config.Compare)
	}
	return out
}
