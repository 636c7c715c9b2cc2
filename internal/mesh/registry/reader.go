package registry

import (
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/mesh/settings"
)

// A reader reads services, workloads and endpoints from objects.
type reader struct {
	settings   settings.Settings
	store      *ConfigStore
	namespaces map[string]meta
	nodes      map[string]map[string]string // labels by name
	networks   networks
	workloads  *workloads
	slices     map[objectID][]*config.Object // EndpointSlices by Service
	podsAt     map[string][]*config.Object   // ready Pods by address
	selections map[string]*selection         // by what is selected
}

// meta is what the metadata of a Namespace says.
type meta struct{ labels, annotations map[string]string }

func (r *reader) config() *meshconfig.MeshConfig { return r.settings.Config }

func newReader(store *ConfigStore, s settings.Settings) *reader {
	r := &reader{settings: s, store: store, namespaces: map[string]meta{}, nodes: map[string]map[string]string{},
		slices: map[objectID][]*config.Object{}, podsAt: map[string][]*config.Object{}, selections: map[string]*selection{}}
	for _, o := range store.Objects("Namespace") {
		r.namespaces[o.Name] = meta{o.Labels, o.Annotations}
	}
	for _, o := range store.Objects("Node") {
		r.nodes[o.Name] = o.Labels
	}
	for _, o := range store.Objects("EndpointSlice") {
		id := objectID{o.Namespace, o.Labels[labelService]}
		r.slices[id] = append(r.slices[id], o)
	}
	for _, o := range store.Objects("Pod") {
		if pod := config.Spec[*config.Pod](o); pod != nil && podReady(pod) {
			r.podsAt[pod.Status.PodIP] = append(r.podsAt[pod.Status.PodIP], o)
		}
	}
	r.networks = readNetworks(store, s)
	return r
}
