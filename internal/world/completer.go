package world

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
)

// A completer makes a world.
type completer struct {
	world    *World
	injector injector
	inputs   inputs
	cluster  string // of several

	rootNamespace string
	replaced      map[*config.Object]int // where an object of the input is in the world's objects
}

func newCompleter(objects []*config.Object, opts Options) *completer {
	c := &completer{
		world: &World{
			Objects: slices.Clone(objects), placeholders: placeholders{},
			proxies: map[workload]DataPlane{}, origins: map[*config.Object]*config.Object{},
		},
		replaced: make(map[*config.Object]int, len(objects)),
		inputs:   read(objects),
		cluster:  opts.Cluster,

		rootNamespace: cmp.Or(opts.RootNamespace, "istio-system"),
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

// know records the proxy of a workload; of several Pods of a name the first counts.
func (c *completer) know(namespace, name string, p DataPlane) {
	if _, ok := c.world.proxies[workload{namespace, name}]; !ok {
		c.world.proxies[workload{namespace, name}] = p
	}
}

// assumeProxy records what was decided about the proxy of a workload, unless the input shows it.
func (c *completer) assumeProxy(o *config.Object, p DataPlane) {
	if p.Known {
		return
	}
	a := Assumption{What: Sidecar, Object: o, Field: "metadata.name", Because: p.Because}
	switch p.Presence {
	case HasSidecar:
		a.Message = nameOf(o) + " has a sidecar"
	case HasNone:
		a.Message = nameOf(o) + " has no sidecar"
	case InAmbient:
		a.What, a.Message = Ambient, nameOf(o)+" is in the ambient mesh"
	default:
		return
	}
	c.assume(a)
}
