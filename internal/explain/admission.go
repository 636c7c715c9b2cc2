package explain

import (
	"fmt"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A notAdmitted is a document that admission rejects, with the first finding that says why.
type notAdmitted struct {
	document *source.Document
	warning  simulate.Warning
}

// rejections are the documents of a trace that admission rejects.
func rejections(found diag.List, about *relevance) []notAdmitted {
	var out []notAdmitted
	for _, d := range pipeline.Rejections(found) {
		o := about.objects[d.At.Doc]
		if o == nil {
			continue
		}
		w := warningOf(&d, o)
		w.Step = "input"
		w.Message = fmt.Sprintf("%s %s/%s is ignored: admission rejects it: %s", o.Kind, o.Namespace, o.Name, d.Message)
		out = append(out, notAdmitted{d.At.Doc, w})
	}
	return out
}

// without answers a call as if the rejected documents were not there, for a cluster has none of them.
func (w *World) without(rejected []notAdmitted, call simulate.Call, opts pipeline.TraceOptions) (*simulate.Trace, error) {
	admitted, err := w.admitted(rejected)
	if err != nil {
		return nil, err
	}
	t, err := admitted.Trace(call, opts)
	if err != nil {
		return nil, err
	}
	var first []simulate.Warning
	for _, r := range rejected {
		first = append(first, r.warning)
	}
	t.NotAdmitted = append(first, t.NotAdmitted...)
	return t, nil
}

// admitted is the world without documents that admission rejects, built once for the same documents.
func (w *World) admitted(rejected []notAdmitted) (*World, error) {
	out := map[*source.Document]bool{}
	for d := range w.rejected {
		out[d] = true
	}
	var key strings.Builder
	for _, r := range rejected {
		out[r.document] = true
		fmt.Fprintf(&key, "%p ", r.document)
	}
	built := w.reduced.Get(key.String(), func() built {
		read, err := w.world.Without(out)
		return built{&World{world: read, policy: w.policy, rejected: out}, err}
	})
	return built.world, built.err
}

// built is a world, or why there is none.
type built struct {
	world *World
	err   error
}
