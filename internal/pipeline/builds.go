package pipeline

import (
	"os"
	"path"
	"path/filepath"
	"slices"

	"sem.example/internal/kustomize"
	"sem.example/internal/source"
	"sem.example/internal/subprocess"
)

// A gathered input is what was read: files, and what kustomizations make of files.
type gathered struct {
	in       *source.Input
	files    []content // that no kustomization uses
	builds   []built
	clusters []content // of the one cluster that has no name
	named    []namedCluster
	lacks    []string // kinds that clusters did not give
	notGiven []string // the same as resources, without those that are never asked for
	skipped  int      // documents of kustomizations, and patches

	notChecked map[string]int // the skipped documents, by their kinds
	problems   []source.Problem
}

// A built is what one kustomization makes.
type built struct {
	name  string // of its folder
	files []content
}

// gather reads the input, and builds its kustomizations. What is taken of the documents of a file is taken of those that are built as well.
func gather(opts Options, cache *source.Cache, decode func([]*source.Document) content) *gathered {
	take := func(docs []*source.Document) content { return apart(docs, decode) }
	r := &gathered{in: &source.Input{}}
	if opts.Kustomize == "" && !opts.onlyClusters() || len(opts.Paths) > 0 {
		r.in, r.files, r.problems = source.ReadEach(opts.Paths, opts.reading(cache), take)
	}
	b := builder{opts: opts, gathered: r, take: take, trees: map[string]*kustomize.Tree{}, used: map[*source.File]bool{}, resources: map[*source.Document]bool{}}
	defer b.close()
	r.readClusters(opts, take)
	r.noteGaps()
	opts.Cache.ofBuilds().Begin()
	b.build(b.folders())
	opts.Cache.ofBuilds().End()
	b.withoutUsed()
	var patches int
	r.files, patches = withoutPatches(r.files)
	r.skipped += patches
	r.leave(partOfResource, patches)
	return r
}

// A builder builds the kustomizations of an input.
type builder struct {
	*gathered
	opts      Options
	take      func([]*source.Document) content
	trees     map[string]*kustomize.Tree // by the folder that bounds them
	used      map[*source.File]bool
	pool      *subprocess.Pool
	resources map[*source.Document]bool // that something was built of
}

// A kustomized folder is one that has a kustomization, in a tree.
type kustomized struct {
	tree *kustomize.Tree
	path string // in the tree
	name string // for people
}

// folders are the folders with kustomizations that the input has, or the one that is asked for.
func (b *builder) folders() []kustomized {
	if b.opts.Kustomize != "" {
		return []kustomized{b.locate(b.opts.Kustomize, b.opts.Within)}
	}
	var all []kustomized
	for _, f := range b.files {
		if name := f.name(); name != "" && kustomize.IsFile(name) {
			all = append(all, b.locate(filepath.Dir(name), b.argument(name)))
		}
	}
	return all
}

// argument is the folder among the arguments that a file was found in, "" where the file itself was named.
func (b *builder) argument(name string) string {
	paths := b.opts.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		if rest, err := filepath.Rel(p, name); err == nil && rest != "." && filepath.IsLocal(rest) {
			return p
		}
	}
	return ""
}

// locate finds the tree of a folder: the repository that holds it, or else the folder that was to be read.
func (b *builder) locate(folder, argument string) kustomized {
	if b.opts.FS != nil {
		return kustomized{b.tree("", func() (*kustomize.Tree, error) { return kustomize.NewTree(b.opts.FS), nil }), path.Clean(folder), folder}
	}
	full, err := filepath.Abs(folder)
	if err != nil {
		full = folder
	}
	limit := boundary(full, argument)
	tree := b.tree(limit, func() (*kustomize.Tree, error) { return kustomize.OpenTree(limit, filepath.IsAbs(folder)) })
	within, _ := filepath.Rel(limit, full)
	return kustomized{tree, filepath.ToSlash(within), folder}
}

// boundary is the folder that a build in a folder may not leave.
func boundary(folder, argument string) string {
	for up := folder; ; up = filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			return up
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	if argument == "" {
		argument = "."
	}
	if full, err := filepath.Abs(argument); err == nil {
		if rest, err := filepath.Rel(full, folder); err == nil && filepath.IsLocal(rest) {
			return full
		}
	}
	return folder
}

// tree returns the tree that a folder bounds, with the files that were read already.
func (b *builder) tree(limit string, open func() (*kustomize.Tree, error)) *kustomize.Tree {
	if t := b.trees[limit]; t != nil {
		return t
	}
	t, err := open()
	if err != nil {
		b.problems = append(b.problems, source.Problem{Trouble: source.Unreadable, File: &source.File{Name: limit}, Message: err.Error()})
		return nil
	}
	b.trees[limit] = t
	t.Remember(b.opts.Cache.ofBuilds())
	if len(b.opts.Builder) > 0 {
		if b.pool == nil {
			b.pool = kustomize.NewPool(b.opts.Builder)
		}
		t.BuildIn(b.pool)
	}
	broken := map[*source.File]bool{}
	for _, p := range b.problems {
		broken[p.File] = true
	}
	for _, f := range b.files {
		name := f.name()
		if name == "" || broken[f.docs[0].File] || !kustomize.IsFile(name) && !slices.ContainsFunc(f.docs, func(d *source.Document) bool { return d.Kind != "" }) {
			continue
		}
		if b.opts.FS == nil {
			full, err := filepath.Abs(name)
			if name, _ = filepath.Rel(limit, full); err != nil || !filepath.IsLocal(name) {
				continue
			}
		}
		if ext := filepath.Ext(name); ext != ".cue" {
			t.Known(filepath.ToSlash(name), f.docs[0].File, f.docs)
		}
	}
	return t
}

func (b *builder) close() {
	for _, t := range b.trees {
		_ = t.Close() // it was only read from
	}
	if b.pool != nil {
		b.pool.Close()
	}
}

// build builds those kustomizations that no other one uses: the others are judged as what uses them makes them.
func (b *builder) build(folders []kustomized) {
	type place struct {
		tree *kustomize.Tree
		path string
	}
	plans, users := make([]*kustomize.Plan, len(folders)), map[place]int{} // those that are built, or may be yet
	count := func(p *kustomize.Plan, n int) {
		for folder := range p.Folders {
			users[place{p.Tree, folder}] += n
		}
	}
	for i, f := range folders {
		if f.tree != nil {
			plans[i] = f.tree.Plan(f.path)
			count(plans[i], 1)
		}
	}
	for {
		var next []int
		for i, p := range plans {
			if p != nil && !p.Done && users[place{folders[i].tree, folders[i].path}] == 0 {
				next = append(next, i)
			}
		}
		if len(next) == 0 {
			return
		}
		made := make([]*kustomize.Build, len(next))
		b.opts.Watch.Each("building kustomizations", len(next), func(k int) { made[k] = plans[next[k]].Build() })
		for k, i := range next {
			if !b.add(folders[i].name, made[k]) {
				count(plans[i], -1) // what it uses is judged by itself
				plans[i] = nil
			}
		}
	}
}

// add takes what a kustomization makes, and reports whether there is anything.
func (b *builder) add(name string, made *kustomize.Build) bool {
	b.problems = append(b.problems, made.Problems...)
	if made.Failed || made.Component {
		return false
	}
	world := built{name: name}
	byFile := map[*source.File][]*source.Document{}
	var files []*source.File
	for _, doc := range made.Documents {
		if byFile[doc.File] == nil {
			files = append(files, doc.File)
		}
		byFile[doc.File] = append(byFile[doc.File], doc)
	}
	for _, f := range files {
		world.files = append(world.files, b.take(byFile[f]))
	}
	for _, f := range made.Files {
		b.used[f.Source] = true
		if !slices.Contains(b.in.Files, f.Source) { // it lies beside the folders that were read
			b.in.Files, b.in.Documents = append(b.in.Files, f.Source), append(b.in.Documents, f.Documents...)
			b.files = append(b.files, b.take(f.Documents))
		}
	}
	for _, doc := range made.Sources {
		b.resources[doc] = true
	}
	b.builds = append(b.builds, world)
	return true
}

// withoutUsed leaves out the files that the builds are made of.
func (b *builder) withoutUsed() {
	b.files = slices.DeleteFunc(b.files, func(f content) bool {
		if len(f.docs) == 0 || !b.used[f.docs[0].File] {
			return false
		}
		if slices.ContainsFunc(f.docs, func(d *source.Document) bool { return b.resources[d] }) {
			b.skipped += f.skipped
			for kind, n := range f.kinds {
				b.leave(kind, n)
			}
		} else {
			b.skipped += len(f.docs)
			b.leave(role(f), len(f.docs))
		}
		return true
	})
}

// partOfResource is the kind of a document that is a part of a resource.
const partOfResource = "patch"

// role is what the documents of a file are that a build uses and makes no resource of.
func role(f content) string {
	if kustomize.IsFile(f.name()) {
		return "Kustomization"
	}
	return partOfResource
}

// leave counts documents that no check looks at.
func (r *gathered) leave(kind string, n int) {
	if n == 0 {
		return
	}
	if r.notChecked == nil {
		r.notChecked = map[string]int{}
	}
	r.notChecked[kind] += n
}
