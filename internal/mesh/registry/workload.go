package registry

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
)

// A workload is what may serve a port: a Pod or a WorkloadEntry.
type workload struct {
	object   *config.Object
	endpoint Endpoint          // of no port yet
	ports    map[string]uint32 // numbers by name of the port
}

func (w *workload) pod() bool { return w.object.Kind == "Pod" }

// byName reports whether only a service that DNS resolves can use the workload, which has no IP address.
func (w *workload) byName() bool { return w.endpoint.Address != "" && !w.endpoint.IsIP() }

// workloads keeps the workloads of each namespace, Pods before WorkloadEntries, by name.
type workloads struct {
	byNamespace map[string][]*workload
	byLabel     map[labelKey][]*workload
	byAddress   map[string][]*workload
}

type labelKey struct{ namespace, key, value string }

func newWorkloads(list []*workload) *workloads {
	slices.SortStableFunc(list, func(a, b *workload) int {
		return cmp.Or(cmp.Compare(a.object.Kind, b.object.Kind), cmp.Compare(a.object.Namespace, b.object.Namespace),
			cmp.Compare(a.object.Name, b.object.Name))
	})
	x := &workloads{map[string][]*workload{}, map[labelKey][]*workload{}, map[string][]*workload{}}
	for _, w := range list {
		ns := w.object.Namespace
		x.byNamespace[ns] = append(x.byNamespace[ns], w)
		for k, v := range w.endpoint.Labels {
			key := labelKey{ns, k, v}
			x.byLabel[key] = append(x.byLabel[key], w)
		}
		x.byAddress[w.endpoint.Address] = append(x.byAddress[w.endpoint.Address], w)
	}
	return x
}

// selected returns the workloads of a namespace that a selector picks. It looks only at those of the rarest label.
func (x *workloads) selected(namespace string, selector map[string]string) []*workload {
	candidates := x.byNamespace[namespace]
	for k, v := range selector {
		if list := x.byLabel[labelKey{namespace, k, v}]; len(list) < len(candidates) {
			candidates = list
		}
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(w *workload) bool { return !Selects(selector, w.endpoint.Labels) })
}
