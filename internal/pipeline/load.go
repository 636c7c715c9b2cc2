package pipeline

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/installation"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
	"sem.example/internal/source"
	"sem.example/internal/world"
	"sem.example/validate"
)

// A World is everything that was read, from the bytes to the mesh.
type World struct {
	Input   *source.Input
	Name    string           // of the world among those of the input
	Objects []*config.Object // of the input, completed
	Skipped int              // documents that are neither Istio's nor needed
	Mesh    *mesh.Mesh
	Release installation.Choice // of Istio
	Found   diag.List           // what reading, decoding and building found

	completed *world.World // with what a cluster would add; nil where nothing may be assumed
	engines   engines
	checker   lazy.Value[*validate.Checker] // of all documents
	input     repository

	remoteFiles map[string]string // of files of other clusters: the world of the cluster
	mu          sync.Mutex
	neighbours  map[string]*World // the worlds of other clusters that were asked for

	variant variant
	rebuild func(variant) (*World, error)
}

// Load reads the input and builds the mesh of the world that is asked for, or of its first. The error is for what the machine refuses; mistakes of the user are findings of
// the world, which is usable in spite of them.
func Load(opts Options) (*World, error) {
	r := gather(opts, opts.Cache.ofLoaded(), func(docs []*source.Document) content {
		return newContent(docs, opts, config.Decode)
	})
	if err := missing(r.problems); err != nil {
		return nil, err
	}
	worlds, _ := r.worlds(opts, false)
	in := repository{gathered: r, opts: opts, worlds: worlds}
	if opts.World == "" {
		return in.world(0)
	}
	return in.named(opts.World)
}

// A repository is what was gathered, and how it is divided.
type repository struct {
	*gathered
	opts   Options
	worlds []fileWorld
}

// lacks are the kinds that clusters did not give.
func (in repository) lacks() []string {
	if in.gathered == nil {
		return nil
	}
	return in.gathered.lacks
}

// named builds the world of a name, or of a file.
func (in repository) named(name string) (*World, error) {
	if i := in.position(name); i >= 0 {
		return in.world(i)
	}
	return nil, in.unknown(name)
}

// position is the place among the worlds of the one of a name, or else of the first one that has the file of this name; -1 for none.
func (in repository) position(name string) int {
	if i := slices.IndexFunc(in.worlds, func(w fileWorld) bool { return w.name == name }); i >= 0 {
		return i
	}
	file := filepath.ToSlash(filepath.Clean(name))
	return slices.IndexFunc(in.worlds, func(w fileWorld) bool {
		return slices.ContainsFunc(w.files, func(c content) bool { return c.name() != "" && filepath.ToSlash(filepath.Clean(c.name())) == file })
	})
}

// unknown is the error for a name that no world has.
func (in repository) unknown(name string) error {
	if near := diag.Nearest(name, in.names()); near != "" {
		return fmt.Errorf("the input has no world %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("the input has no world %q: it has %s", name, strings.Join(in.names(), ", "))
}

func (in repository) names() []string {
	var names []string
	for _, w := range in.worlds {
		names = append(names, w.name)
	}
	return names
}

// world builds a world.
func (in repository) world(i int) (*World, error) {
	var of fileWorld
	if len(in.worlds) > 0 {
		of = in.worlds[i]
	}
	w := in.empty(of)
	return w, w.build(of, in.opts)
}

// empty is a world before it is built.
func (in repository) empty(of fileWorld) *World {
	fresh := func() *World {
		return &World{Input: in.in, Name: of.name, Found: diag.Problems(in.problems), Skipped: in.skipped, input: in}
	}
	w := fresh()
	w.rebuild = func(v variant) (*World, error) {
		opts := in.opts
		opts.Watch = nil
		if v.asked != nil {
			opts.Release, opts.ReleaseBy = *v.asked, v.askedBy
		}
		again := fresh()
		again.rebuild, again.variant = w.rebuild, v
		left := of
		left.files = leaveOut(of.files, v.without)
		for _, f := range v.added {
			docs, problems := source.Parse(f)
			again.Found = append(again.Found, diag.Problems(problems)...)
			left.files = append(left.files, newContent(docs, opts, config.Decode))
		}
		return again, again.build(left, opts)
	}
	return w
}

// A variant is what a world is built with instead of what the options say.
type variant struct {
	without map[*source.Document]bool
	added   []*source.File
	asked   *release.Release
	askedBy string
}

// Worlds returns the names of the worlds of the input that a request can be about, this one's included. Test data is none of them where
// there is another one.
func (w *World) Worlds() []string {
	var names []string
	for _, of := range w.input.worlds {
		if of.tests == "" {
			names = append(names, of.name)
		}
	}
	if !slices.Contains(names, w.Name) {
		return w.input.names()
	}
	return names
}

// Other builds another world of the input.
func (w *World) Other(name string) (*World, error) { return w.input.named(name) }

// Without builds the world again without the objects of some documents of its input.
func (w *World) Without(documents map[*source.Document]bool) (*World, error) {
	v := w.variant
	v.without = documents
	return w.rebuild(v)
}

// Replacing builds a world again with files in place of the objects of some documents.
func Replacing(w *World, documents map[*source.Document]bool, by ...*source.File) (*World, error) {
	v := w.variant
	v.without, v.added = maps.Clone(v.without), slices.Concat(v.added, by)
	if v.without == nil {
		v.without = map[*source.Document]bool{}
	}
	maps.Copy(v.without, documents)
	return w.rebuild(v)
}

// As builds the world again for another release of Istio; by is what asks for it.
func (w *World) As(r release.Release, by string) (*World, error) {
	v := w.variant
	v.asked, v.askedBy = &r, by
	return w.rebuild(v)
}

// build gathers files into a mesh.
func (w *World) build(in fileWorld, opts Options) error {
	opts.Watch.Begin("gathering the mesh")
	var docs []*source.Document
	for _, f := range in.files {
		docs = append(docs, f.docs...)
		w.Objects, w.Found = append(w.Objects, f.objects...), append(w.Found, f.found...)
		w.Skipped += f.skipped
	}
	installed, holders, found, err := settingsDocuments(docs, opts)
	if err != nil {
		return err
	}
	choice, disagreeing := installation.Read(w.Objects, installed).Choose(opts.Release, opts.ReleaseBy)
	w.Release = choice
	kept, lacking := forRelease(w.Objects, choice.Release)
	w.Objects, w.Found = kept, slices.Concat(w.Found, disagreeing, lacking, found)
	settings, found := readSettings(holders, choice.Release)
	w.Found = append(w.Found, found...)
	settings.Cluster, opts.Assume.cluster = in.cluster, in.cluster
	w.Mesh, found = mesh.Build(w.complete(settings, opts), settings, w.othersOf(in, settings, opts)...)
	w.Found = append(w.Found, found...)
	w.engines.mesh = w.Mesh
	return nil
}
