package world

import (
	"slices"

	"sem.example/internal/config"
)

// Options say how an input is completed.
type Options struct {
	RootNamespace string   // of the mesh; "istio-system" where empty
	Stated        []Stated // what is decided by hand
	Everything    bool     // objects that were read from a cluster are completed as well
}

// A World is an input with what a cluster would add to it.
type World struct {
	Objects     []*config.Object // of the input in its order, completed, then those that were added
	Assumptions []Assumption

	standIns map[string]*config.Object // what a stand-in address stands for: a Service, or what makes the Pod
	at       map[string]*config.Object // objects of the input by the address of their Pods or Services
	proxies  map[workload]Proxy
	origins  map[*config.Object]*config.Object // of completed and added objects: the object of the input
}

// A workload is named by its namespace and name; a Pod also by what makes it.
type workload struct{ namespace, name string }

// Complete adds to the objects of an input what a cluster would. It does not change the objects that it is given.
func Complete(objects []*config.Object, opts Options) *World {
	if opts.Everything {
		objects = written(objects)
	}
	c := newCompleter(objects, opts)
	c.services()
	c.pods()
	c.templates()
	c.world.Assumptions = sorted(c.world.Assumptions)
	c.world.at = c.world.addresses()
	return c.world
}

// written returns objects as if nobody had read them from a cluster.
func written(objects []*config.Object) []*config.Object {
	out := make([]*config.Object, len(objects))
	for i, o := range objects {
		copied := *o
		copied.Live = false
		out[i] = &copied
	}
	return out
}

// addresses files the objects of the input by the addresses that they have in the world.
func (w *World) addresses() map[string]*config.Object {
	at := map[string]*config.Object{}
	for _, o := range w.Objects {
		switch spec := o.Spec.(type) {
		case *config.Service:
			file(at, w.Origin(o), append([]string{spec.Spec.ClusterIP}, spec.Spec.ClusterIPs...)...)
		case *config.Pod:
			file(at, w.Origin(o), spec.Status.PodIP)
		}
	}
	return at
}

func file(at map[string]*config.Object, o *config.Object, addresses ...string) {
	for _, a := range addresses {
		if at[a] == nil {
			at[a] = o
		}
	}
}

// HasStandIns reports whether any address stands for one that only the cluster knows.
func (w *World) HasStandIns() bool { return len(w.standIns) > 0 }

// StandIn returns what an address stands for that the input does not have: a Service, or what makes the Pod that has it.
func (w *World) StandIn(address string) (*config.Object, bool) {
	o, ok := w.standIns[address]
	return o, ok
}

// At returns the object of the input whose Pod or Service has an address, stand-ins included, or nil. Of several the first
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
func (w *World) Proxy(namespace, name string) (Proxy, bool) {
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

// A completer makes a world.
type completer struct {
	world    *World
	injector injector
	inputs   inputs
	replaced map[*config.Object]int // where an object of the input is in the world's objects
}

func newCompleter(objects []*config.Object, opts Options) *completer {
	c := &completer{
		world: &World{
			Objects: slices.Clone(objects), standIns: map[string]*config.Object{},
			proxies: map[workload]Proxy{}, origins: map[*config.Object]*config.Object{},
		},
		replaced: make(map[*config.Object]int, len(objects)),
		inputs:   read(objects),
	}
	c.injector = newInjector(objects, opts)
	for i, o := range objects {
		c.replaced[o] = i
	}
	return c
}

// replace puts a completed copy in the place of an object of the input.
func (c *completer) replace(o *config.Object, meta config.Meta, spec any) {
	made := &config.Object{Doc: o.Doc, Kind: o.Kind, Meta: meta, Spec: spec, Status: o.Status}
	c.world.Objects[c.replaced[o]] = made
	c.world.origins[made] = o
}

// add puts an object into the world that the input does not have.
func (c *completer) add(from *config.Object, kind string, meta config.Meta, spec any) {
	made := &config.Object{Doc: from.Doc, Kind: kind, Meta: meta, Spec: spec}
	c.world.Objects = append(c.world.Objects, made)
	c.world.origins[made] = from
}

func (c *completer) assume(a Assumption) { c.world.Assumptions = append(c.world.Assumptions, a) }
