package explain

import (
	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A Tracer answers calls: a world of documents, or the dump of one proxy.
type Tracer interface {
	// Trace follows a call. The error is for a proxy that cannot be understood.
	Trace(call simulate.Call, opts pipeline.TraceOptions) (*simulate.Trace, error)
}

// A World answers calls from documents, and explains the answers by them. It is safe for concurrent use.
type World struct {
	world   *pipeline.World
	policy  diag.Policy
	objects lazy.Value[*objectIndex]

	rejected map[*source.Document]bool // documents that were left out, as admission rejects them
	reduced  lazy.Map[string, built]   // without documents that admission rejects
}

// New returns a World of documents that were read. The policy decides which findings may show in an answer.
func New(w *pipeline.World, policy diag.Policy) *World { return &World{world: w, policy: policy} }

// Trace implements [Tracer].
func (w *World) Trace(call simulate.Call, opts pipeline.TraceOptions) (*simulate.Trace, error) {
	t, err := w.world.Trace(call, opts)
	if err != nil {
		return nil, err
	}
	Word(t)
	if rejected := w.explain(t); len(rejected) > 0 {
		return w.without(rejected, call, opts)
	}
	return t, nil
}

// Named finds the workload that a name stands for, as [pipeline.World.Named] does.
func (w *World) Named(p simulate.Proxy, text, namespace string) (simulate.Proxy, error) {
	return w.world.Named(p, text, namespace)
}

// explain adds to a trace what the documents show beside the decisions, and returns the documents of it that
// admission rejects.
func (w *World) explain(t *simulate.Trace) []notAdmitted {
	if v, err := w.world.View(t.Hops[0].Proxy); err == nil {
		addResolution(t, v)
		nobodyThere(t, v)
	}
	for i := range t.Hops {
		if v, err := w.world.View(t.Hops[i].Proxy); err == nil {
			h := hop{view: v, trace: t, Hop: &t.Hops[i]}
			h.addUnused()
		}
	}
	objects := w.objects.Get(func() *objectIndex { return newObjectIndex(w.world.Objects, w.world.Mesh.Settings.Domain) })
	rejected := addFindings(t, w.world, objects, w.policy)
	advise(t)
	for i := range t.Hops {
		if v, err := w.world.View(t.Hops[i].Proxy); err == nil {
			h := hop{view: v, trace: t, Hop: &t.Hops[i]}
			h.addElsewhere()
		}
	}
	qualify(t)
	return rejected
}
