package pipeline

import (
	"cmp"
	"io"
	"sync"

	"sem.example/internal/compile"
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/parallel"
	"sem.example/internal/source"
	"sem.example/schema"
)

// Options say what to read.
type Options struct {
	Paths      []string  // files, folders and "-"; none is the current folder
	Stdin      io.Reader // what "-" reads
	Namespace  string    // of documents that name none; "default" where empty
	MeshConfig string    // a file with the mesh's settings; "" looks for them in the input
	Watch      parallel.Watch
}

// A World is everything that was read, from the bytes to the mesh.
type World struct {
	Input   *source.Input
	Objects []*config.Object
	Skipped int // documents that are neither Istio's nor needed
	Mesh    *mesh.Mesh
	Found   diag.List // what reading, decoding and building found

	mu      sync.Mutex
	engines []*engine // the one asked for last is the last
	family  compile.Family
}

// Load reads the input and builds its mesh. The error is for what the machine refuses; mistakes of the user are findings of
// the world, which is usable in spite of them.
func Load(opts Options) (*World, error) {
	in, problems := source.Read(opts.Paths, source.Options{Stdin: opts.Stdin, Library: schema.Library(), Watch: opts.Watch})
	if err := unreadable(problems); err != nil {
		return nil, err
	}
	w := &World{Input: in, Found: diag.Problems(problems)}
	return w, w.build(in.Documents, opts, config.Decode)
}

// build decodes documents and gathers them into a mesh.
func (w *World) build(docs []*source.Document, opts Options, decode decoder) error {
	opts.Watch.Begin("gathering the mesh")
	objects, skipped, found := decode(docs, cmp.Or(opts.Namespace, "default"))
	w.Objects, w.Skipped = objects, skipped
	w.Found = append(w.Found, found...)
	settings, err := w.settings(docs, opts)
	if err != nil {
		return err
	}
	w.Mesh, found = mesh.Build(objects, settings)
	w.Found = append(w.Found, found...)
	source.SetAside(docs)
	return nil
}

// A decoder makes objects of documents and counts those that it skips.
type decoder func(docs []*source.Document, namespace string) ([]*config.Object, int, diag.List)
