package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

// Workloads finds workloads by their labels, and the services in front of them.
type Workloads struct {
	docs *Documents

	*workloadIndexes
}

// workloadIndexes are what does not depend on the documents that findings are wanted about.
type workloadIndexes struct {
	labelled   lazy[labelIndex]                         // those of the input
	selected   lazy[labelIndex]                         // those of the mesh
	fronted    lazy[map[LabelKey][]int]                 // positions of Services by the labels of their selector
	selectedBy lazy[map[*config.Object][]*mesh.Service] // services by the workloads that they select
}

// PodMakers are the kinds with a template of Pods at spec.template.
var PodMakers = []string{"Deployment", "StatefulSet", "DaemonSet", "Job"}

// WorkloadKinds are the kinds that are in a cluster's dump wherever a namespace has workloads.
var WorkloadKinds = []string{"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "WorkloadEntry", "WorkloadGroup"}

// isWorkload reports whether an object is a workload, or makes workloads.
func isWorkload(o *config.Object) bool {
	switch o.Spec.(type) {
	case *config.Pod, *config.Workload, *networking.WorkloadEntry, *networking.WorkloadGroup:
		return true
	}
	return false
}

func (s *Workloads) index() labelIndex {
	index := labelIndex{}
	for _, o := range s.docs.Objects {
		if isWorkload(o) {
			index.add(o)
		}
	}
	return index
}

// Labelled returns the workloads of a namespace, or of all if it is "", that have the labels, in the order of the input. Of no
// labels it returns none.
func (s *Workloads) Labelled(namespace string, labels map[string]string) []*config.Object {
	if len(labels) == 0 {
		return nil
	}
	return s.labelled.get(s.index).pick(namespace, labels)
}

// Selected returns the workloads of a namespace, or of all if it is "", that a selector picks in the mesh, as [mesh.Mesh.Selected]
// does, without trying all of them.
func (s *Workloads) Selected(namespace string, selector map[string]string) []*config.Object {
	if len(selector) == 0 {
		return s.docs.Mesh.Selected(namespace, nil)
	}
	return s.selected.get(func() labelIndex {
		index := labelIndex{}
		for _, o := range s.docs.Mesh.Selected("", nil) {
			index.add(o)
		}
		return index
	}).pick(namespace, selector)
}

// Populated reports whether the input holds any workload of a namespace.
func (s *Workloads) Populated(namespace string) bool {
	return len(s.labelled.get(s.index)[LabelKey{Namespace: namespace}]) > 0
}

// EndpointLabels returns the labels of each endpoint of a service that the input tells of: of its endpoints, and of the workloads
// that its selector picks.
func (s *Workloads) EndpointLabels(svc *mesh.Service) []map[string]string {
	var all []map[string]string
	for _, e := range s.Endpoints(svc) {
		all = append(all, e.Labels)
	}
	for _, o := range s.Labelled(svc.Namespace, svc.Selector) {
		all = append(all, mesh.WorkloadLabels(o))
	}
	return all
}

// Endpoints returns the endpoints of a service's first port that has any, as a client of its namespace sees them.
func (s *Workloads) Endpoints(svc *mesh.Service) []*mesh.Endpoint {
	view := s.docs.Client(svc.Namespace)
	for _, p := range svc.Ports {
		if found := view.Endpoints(svc, p); len(found) > 0 {
			return found
		}
	}
	return nil
}

// ServicesByLabel returns the positions of the Kubernetes Services with a selector by each of its labels, in their namespace and in any. Under
// no label it has all of a namespace.
func (s *Workloads) ServicesByLabel() map[LabelKey][]int {
	return s.fronted.get(func() map[LabelKey][]int {
		fronts := map[LabelKey][]int{}
		for i, svc := range s.docs.Mesh.Services {
			if !svc.Kubernetes() || len(svc.Selector) == 0 {
				continue
			}
			put := func(key LabelKey) { fronts[key] = append(fronts[key], i) }
			put(LabelKey{Namespace: svc.Namespace})
			for name, value := range svc.Selector {
				put(LabelKey{"", name, value})
				put(LabelKey{svc.Namespace, name, value})
			}
		}
		return fronts
	})
}

// SelectedBy returns the services whose selector picks a workload.
func (s *Workloads) SelectedBy(o *config.Object) []*mesh.Service {
	return s.selectedBy.get(func() map[*config.Object][]*mesh.Service {
		selectedBy := map[*config.Object][]*mesh.Service{}
		for _, svc := range s.docs.Mesh.Services {
			for _, w := range s.Labelled(svc.Namespace, svc.Selector) {
				selectedBy[w] = append(selectedBy[w], svc)
			}
		}
		return selectedBy
	})[o]
}

// workloadLabels returns the labels by which a workload is selected.
func workloadLabels(o *config.Object) map[string]string {
	switch spec := o.Spec.(type) {
	case *config.Workload:
		return spec.Spec.Template.Metadata.Labels
	case *networking.WorkloadEntry:
		return spec.GetLabels()
	case *networking.WorkloadGroup:
		return spec.GetMetadata().GetLabels()
	}
	return o.Labels
}

// NearestLabels is what a selector most likely means of the labels that workloads of a namespace (all where it is "") have.
func (s *Workloads) NearestLabels(namespace string, selector map[string]string) string {
	var have []string
	for _, o := range s.Selected(namespace, nil) {
		for k, v := range workloadLabels(o) {
			have = append(have, k+": "+v)
		}
	}
	slices.Sort(have)
	have = slices.Compact(have)
	var fixed []string
	changed := false
	for _, l := range LabelPairs(selector) {
		if !slices.Contains(have, l) {
			if l = diag.Nearest(l, have); l == "" {
				return ""
			}
			changed = true
		}
		fixed = append(fixed, l)
	}
	if !changed {
		return ""
	}
	return strings.Join(fixed, ", ")
}

// InOtherWorld reports whether another world of the repository has a workload behind a service with some labels.
func (s *Workloads) InOtherWorld(svc *mesh.Service, labels map[string]string) bool {
	return slices.ContainsFunc(s.docs.Elsewhere, func(o *config.Object) bool {
		return o.Namespace == svc.Namespace && isWorkload(o) && len(svc.Selector) > 0 && HasLabels(workloadLabels(o), svc.Selector) && HasLabels(workloadLabels(o), labels)
	})
}

// Mislabelled returns a workload behind a service that has labels itself which its Pods do not get, or nil.
func (s *Workloads) Mislabelled(svc *mesh.Service, labels map[string]string) *config.Object {
	for _, w := range s.Labelled(svc.Namespace, svc.Selector) {
		if _, makes := w.Spec.(*config.Workload); makes && len(labels) > 0 && HasLabels(w.Labels, MissingLabels(labels, mesh.WorkloadLabels(w))) &&
			!HasLabels(mesh.WorkloadLabels(w), labels) {
			return w
		}
	}
	return nil
}
