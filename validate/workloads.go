package validate

import (
	"maps"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A labelIndex finds workloads by a label, so that a selector is compared with few of them. Under no label it has all of a
// namespace.
type labelIndex map[labelKey][]*config.Object

// A labelKey is a label in a namespace, or in any if it is "".
type labelKey struct{ namespace, name, value string }

func (s *Scope) indexWorkloads() labelIndex {
	index := labelIndex{}
	for _, o := range s.Objects {
		if isWorkload(o) {
			index.add(o)
		}
	}
	return index
}

func (x labelIndex) add(o *config.Object) {
	put := func(key labelKey) { x[key] = append(x[key], o) }
	put(labelKey{namespace: o.Namespace})
	for name, value := range mesh.WorkloadLabels(o) {
		put(labelKey{"", name, value})
		put(labelKey{o.Namespace, name, value})
	}
}

// pick returns the workloads of a namespace, or of all if it is "", that have the labels, of which there is one at least.
func (x labelIndex) pick(namespace string, labels map[string]string) []*config.Object {
	var fewest []*config.Object
	for i, name := range slices.Sorted(maps.Keys(labels)) {
		if found := x[labelKey{namespace, name, labels[name]}]; i == 0 || len(found) < len(fewest) {
			fewest = found
		}
	}
	var found []*config.Object
	for _, o := range fewest {
		if picks(labels, mesh.WorkloadLabels(o)) {
			found = append(found, o)
		}
	}
	return found
}

// picks says whether labels have all that a selector asks for; one that it asks to be empty has to be there as well.
func picks(selector, labels map[string]string) bool {
	for name, value := range selector {
		if got, ok := labels[name]; !ok || got != value {
			return false
		}
	}
	return true
}

// isWorkload says whether an object is a workload, or makes workloads.
func isWorkload(o *config.Object) bool {
	switch o.Spec.(type) {
	case *config.Pod, *config.Workload, *networking.WorkloadEntry, *networking.WorkloadGroup:
		return true
	}
	return false
}

// workloads returns the workloads of a namespace, or of all if it is "", that have the labels, in the order of the input. Of no
// labels it returns none.
func (s *Scope) workloads(namespace string, labels map[string]string) []*config.Object {
	if len(labels) == 0 {
		return nil
	}
	return s.labelled.get(s.indexWorkloads).pick(namespace, labels)
}

// selected returns the workloads of a namespace, or of all if it is "", that a selector picks in the mesh, as [mesh.Mesh.Selected]
// does, without trying all of them.
func (s *Scope) selected(namespace string, selector map[string]string) []*config.Object {
	if len(selector) == 0 {
		return s.Mesh.Selected(namespace, nil)
	}
	return s.picked.get(func() labelIndex {
		index := labelIndex{}
		for _, o := range s.Mesh.Selected("", nil) {
			index.add(o)
		}
		return index
	}).pick(namespace, selector)
}

// populated says whether the input holds any workload of a namespace.
func (s *Scope) populated(namespace string) bool {
	return len(s.labelled.get(s.indexWorkloads)[labelKey{namespace: namespace}]) > 0
}

// endpointLabels returns the labels of each endpoint of a service that the input tells of: of its endpoints, and of the workloads
// that its selector picks.
func (s *Scope) endpointLabels(svc *mesh.Service) []map[string]string {
	var all []map[string]string
	for _, e := range s.endpoints(svc) {
		all = append(all, e.Labels)
	}
	for _, o := range s.workloads(svc.Namespace, svc.Selector) {
		all = append(all, mesh.WorkloadLabels(o))
	}
	return all
}

// endpoints returns the endpoints of a service's first port that has any, as a client of its namespace sees them.
func (s *Scope) endpoints(svc *mesh.Service) []*mesh.Endpoint {
	view := s.client(svc.Namespace)
	for _, p := range svc.Ports {
		if found := view.Endpoints(svc, p); len(found) > 0 {
			return found
		}
	}
	return nil
}
