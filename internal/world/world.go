package world

import (
	"slices"

	"sem.example/internal/config"
)

// Options say how an input is completed.
type Options struct {
	RootNamespace string   // of the mesh; "istio-system" where empty
	Stated        []Stated // what is decided by hand
	Cluster       string   // that the objects are of, where there are several: each has addresses of its own
	Everything    bool     // objects that were read from a cluster are completed as well
}

// A World is an input with what a cluster would add to it.
type World struct {
	Objects     []*config.Object // of the input in its order, completed, then those that were added
	Assumptions []Assumption

	placeholders placeholders
	at           map[string]*config.Object // objects of the input by the address of their Pods or Services
	proxies      map[workload]DataPlane
	origins      map[*config.Object]*config.Object // of completed and added objects: the object of the input
}

// A workload is named by its namespace and name; a Pod also by what makes it.
type workload struct{ namespace, name string }

// HasPlaceholders reports whether any address is a placeholder of one that only the cluster knows.
func (w *World) HasPlaceholders() bool { return len(w.placeholders) > 0 }

// Placeholder returns what a placeholder address was given to: a Service, or what makes the Pod that has it.
func (w *World) Placeholder(address string) (*config.Object, bool) {
	o, ok := w.placeholders[address]
	return o, ok
}

// At returns the object of the input whose Pod or Service has an address, placeholders included, or nil. Of several the first
// counts.
func (w *World) At(address string) *config.Object { return w.at[address] }

// Origin returns the object of the input that an object was completed from or made by; any other is its own.
func (w *World) Origin(o *config.Object) *config.Object {
	if from := w.origins[o]; from != nil {
		return from
	}
	return o
}

// Proxy returns what is known of the proxy of a workload, by the name of a Pod or of what makes it. The second result is
// false where the input has no such workload.
func (w *World) Proxy(namespace, name string) (DataPlane, bool) {
	p, ok := w.proxies[workload{namespace, name}]
	return p, ok
}

// About returns the assumptions about some objects of the input.
func (w *World) About(objects ...*config.Object) []Assumption {
	var out []Assumption
	for _, a := range w.Assumptions {
		if slices.Contains(objects, a.Object) {
			out = append(out, a)
		}
	}
	return out
}
