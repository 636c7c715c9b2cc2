package pipeline

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/internal/world"
	"sem.example/validate"
)

// A World is everything that was read, from the bytes to the mesh.
type World struct {
	Input   *source.Input
	Objects []*config.Object // of the input, completed
	Skipped int              // documents that are neither Istio's nor needed
	Mesh    *mesh.Mesh
	Found   diag.List // what reading, decoding and building found

	completed *world.World // with what a cluster would add; nil where nothing may be assumed
	engines   engines
	checker   lazy.Value[*validate.Checker] // of all documents
	rebuild   func(without map[*source.Document]bool) (*World, error)
}

// Load reads the input and builds its mesh. The error is for what the machine refuses; mistakes of the user are findings of
// the world, which is usable in spite of them.
func Load(opts Options) (*World, error) {
	r := gather(opts, func(docs []*source.Document) content {
		return take(docs, opts, config.Decode)
	})
	if err := missing(r.problems); err != nil {
		return nil, err
	}
	files := r.together()
	w := &World{Input: r.in, Found: diag.Problems(r.problems), Skipped: r.skipped}
	w.rebuild = func(without map[*source.Document]bool) (*World, error) {
		opts.Watch = nil
		again := &World{Input: r.in, Found: diag.Problems(r.problems), Skipped: r.skipped, rebuild: w.rebuild}
		return again, again.build(leaveOut(files, without), opts)
	}
	return w, w.build(files, opts)
}

// Without builds the world again without the objects of some documents of its input.
func (w *World) Without(documents map[*source.Document]bool) (*World, error) {
	return w.rebuild(documents)
}

// leaveOut returns the files without the objects of some documents.
func leaveOut(files []content, documents map[*source.Document]bool) []content {
	out := slices.Clone(files)
	for i := range out {
		out[i].objects = slices.DeleteFunc(slices.Clone(out[i].objects), func(o *config.Object) bool { return documents[o.Doc] })
	}
	return out
}

// content is what the documents of a file come to.
type content struct {
	docs    []*source.Document
	shapes  diag.List // what is wrong with the documents by themselves, where that is wanted
	objects []*config.Object
	skipped int
	found   diag.List // by decoding
}

// take decodes the documents of a file and sets their trees aside.
func take(docs []*source.Document, opts Options, decode decoder) content {
	c := content{docs: docs}
	c.objects, c.skipped, c.found = decode(docs, cmp.Or(opts.Namespace, "default"))
	source.ReleaseTrees(docs)
	return c
}

// A decoder makes objects of documents and counts those that it skips.
type decoder func(docs []*source.Document, namespace string) ([]*config.Object, int, diag.List)

// build gathers files into a mesh.
func (w *World) build(files []content, opts Options) error {
	opts.Watch.Begin("gathering the mesh")
	var docs []*source.Document
	for _, f := range files {
		docs = append(docs, f.docs...)
		w.Objects, w.Found = append(w.Objects, f.objects...), append(w.Found, f.found...)
		w.Skipped += f.skipped
	}
	kept, lacking := forRelease(w.Objects, opts.Release)
	w.Objects, w.Found = kept, append(w.Found, lacking...)
	settings, found, err := settingsOf(docs, opts)
	if err != nil {
		return err
	}
	w.Found = append(w.Found, found...)
	w.Mesh, found = mesh.Build(w.complete(settings, opts), settings)
	w.Found = append(w.Found, found...)
	w.engines.mesh = w.Mesh
	return nil
}
