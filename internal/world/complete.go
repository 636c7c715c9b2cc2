package world

import "sem.example/internal/config"

// Complete adds to the objects of an input what a cluster would. It does not change the objects that it is given.
func Complete(objects []*config.Object, opts Options) *World {
	if opts.Everything {
		objects = unlive(objects)
	}
	c := newCompleter(objects, opts)
	c.gateways()
	c.certificates()
	c.services()
	c.pods()
	c.templates()
	c.world.Assumptions = sorted(c.world.Assumptions)
	c.world.at = c.world.addresses()
	return c.world
}

// unlive returns objects as if nobody had read them from a cluster.
func unlive(objects []*config.Object) []*config.Object {
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
