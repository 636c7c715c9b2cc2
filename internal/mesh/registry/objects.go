package registry

import (
	"maps"
	"slices"
	"sync"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
)

// A ConfigStore holds the objects of a mesh by kind and by name.
type ConfigStore struct {
	objects map[string][]*config.Object // by kind, the oldest first
	named   map[objectKey]*config.Object
	ignored []config.Ignored // what istiod does not watch

	templated []string // kinds that make Pods from a template

	listing sync.Once
	listed  map[string][]*config.Object // workloads by namespace, all of them under ""
}

// Undiscovered returns the objects that istiod does not watch, with the reason. They are not part of the mesh.
func (s *ConfigStore) Undiscovered() []config.Ignored { return s.ignored }

// An objectID names an object of a kind.
type objectID struct{ namespace, name string }

type objectKey struct {
	kind string
	id   objectID
}

func keyOf(o *config.Object) objectKey {
	if clusterScoped[o.Kind] {
		return objectKey{o.Kind, objectID{"", o.Name}}
	}
	return objectKey{o.Kind, objectID{o.Namespace, o.Name}}
}

// Objects returns the objects of a kind, the oldest first.
func (s *ConfigStore) Objects(kind string) []*config.Object { return s.objects[kind] }

// Object returns the object of a kind and name, or nil.
func (s *ConfigStore) Object(kind, namespace, name string) *config.Object {
	return s.named[objectKey{kind, objectID{namespace, name}}]
}

// Selected returns the workloads of a namespace, or of all where it is "", that a selector picks: Pods, WorkloadEntries,
// and what makes Pods or registers WorkloadEntries by a template.
func (s *ConfigStore) Selected(namespace string, selector map[string]string) []*config.Object {
	return slices.DeleteFunc(slices.Clone(s.templates(namespace)), func(o *config.Object) bool {
		return !Selects(selector, WorkloadLabels(o))
	})
}

// templates returns all workloads of a namespace, or of all where it is "", in the order of their kinds.
func (s *ConfigStore) templates(namespace string) []*config.Object {
	s.listing.Do(func() {
		s.listed = map[string][]*config.Object{}
		for _, kind := range append([]string{"Pod", "WorkloadEntry", "WorkloadGroup"}, s.templated...) {
			for _, o := range s.objects[kind] {
				s.listed[o.Namespace] = append(s.listed[o.Namespace], o)
				if o.Namespace != "" {
					s.listed[""] = append(s.listed[""], o)
				}
			}
		}
	})
	return s.listed[namespace]
}

// Namespaces returns the names of all namespaces that objects live in, sorted.
func (s *ConfigStore) Namespaces() []string {
	seen := map[string]bool{}
	for kind, list := range s.objects {
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

// newStore keeps the objects that istiod watches. Of several of one kind and name the last of the input counts, as it would
// in a cluster that they are applied to.
func newStore(objects []*config.Object, selectors []*meshconfig.LabelSelector) *ConfigStore {
	s := &ConfigStore{named: map[objectKey]*config.Object{}}
	objects, s.ignored = discovered(objects, selectors)
	for _, o := range objects {
		s.named[keyOf(o)] = o
	}
	objects = slices.DeleteFunc(slices.Clone(objects), func(o *config.Object) bool { return o.Name != "" && s.named[keyOf(o)] != o })
	s.objects = byKind(objects)
	s.templated = templatedKinds(s.objects)
	return s
}
