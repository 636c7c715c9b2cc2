package pipeline

import (
	"fmt"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// A Cluster is what was read from a cluster: files that are at hand, or paths. The objects of the input's own paths take precedence
// over those of the cluster.
type Cluster struct {
	Name  string // of several clusters of one mesh; "" for the only one
	Files []*source.File
	Paths []string
}

// A namedCluster is one of several clusters of a mesh.
type namedCluster struct {
	name  string
	files []content
}

// onlyClusters reports whether nothing beside clusters is asked for.
func (o Options) onlyClusters() bool { return len(o.Clusters) > 0 && len(o.Paths) == 0 }

// readClusters reads what clusters gave.
func (r *gathered) readClusters(opts Options, take func([]*source.Document) content) {
	for _, c := range opts.Clusters {
		if c.Name != "" {
			r.readNamed(c, opts, take)
			continue
		}
		contents, problems := make([]content, len(c.Files)), make([][]source.Problem, len(c.Files))
		opts.Watch.Each("reading the cluster", len(c.Files), func(i int) {
			var docs []*source.Document
			docs, problems[i] = source.Parse(c.Files[i])
			contents[i] = take(docs)
		})
		for i, f := range contents {
			r.in.Files, r.in.Documents = append(r.in.Files, c.Files[i]), append(r.in.Documents, f.docs...)
			r.problems = append(r.problems, problems[i]...)
		}
		r.clusters = append(r.clusters, contents...)
	}
}

// readNamed reads one of several clusters.
func (r *gathered) readNamed(c Cluster, opts Options, take func([]*source.Document) content) {
	in, contents, problems := source.ReadEach(c.Paths, opts.reading(nil), take)
	r.in.Files, r.in.Documents = append(r.in.Files, in.Files...), append(r.in.Documents, in.Documents...)
	r.problems = append(r.problems, problems...)
	r.named = append(r.named, namedCluster{c.Name, contents})
}

// all are the contents of all clusters.
func (r *gathered) all() []content {
	all := slices.Clone(r.clusters)
	for _, c := range r.named {
		all = append(all, c.files...)
	}
	return all
}

// apart has taken what is wanted of documents, without those that say what dumps of clusters lack.
func apart(docs []*source.Document, take func([]*source.Document) content) content {
	var objects, collected []*source.Document
	for _, d := range docs {
		if config.IsCollected(d) {
			collected = append(collected, d)
		} else {
			objects = append(objects, d)
		}
	}
	c := take(objects)
	c.collected, c.skipped = collected, c.skipped+len(collected)
	return c
}

// noteGaps notes what the dumps lack.
func (r *gathered) noteGaps() {
	for _, c := range slices.Concat(r.files, r.all()) {
		for _, d := range c.collected {
			r.gap(d)
		}
	}
}

// gap notes what a dump lacks. Secrets are in no dump.
func (r *gathered) gap(d *source.Document) {
	r.lacks = append(r.lacks, "Secret")
	for i, g := range config.Gaps(d) {
		r.lacks = append(r.lacks, config.KindsOf([]string{g.Resource})...)
		what := g.Resource
		if what == "" {
			what = "a part of the resources"
		}
		r.notGiven = append(r.notGiven, what)
		r.problems = append(r.problems, source.Problem{
			Trouble: source.NotGiven, File: d.File, Range: d.At(fmt.Sprintf("gaps[%d].resource", i)),
			Message: fmt.Sprintf("the cluster did not give %s (%s)", what, g.Message),
		})
	}
}

// without leaves some documents out, and all that was made of them.
func (c content) without(which func(*source.Document) bool) content {
	drop := func(d *source.Document) bool { return d != nil && which(d) }
	c.docs = slices.DeleteFunc(slices.Clone(c.docs), drop)
	c.objects = slices.DeleteFunc(slices.Clone(c.objects), func(o *config.Object) bool { return drop(o.Doc) })
	about := func(d diag.Diagnostic) bool { return drop(d.At.Doc) }
	c.shapes, c.found = slices.DeleteFunc(slices.Clone(c.shapes), about), slices.DeleteFunc(slices.Clone(c.found), about)
	return c
}

// besideClusters adds to each world what the clusters have that the world does not replace. It is judged in the first.
func (r *gathered) besideClusters(worlds []fileWorld) []fileWorld {
	if len(r.named) > 0 {
		return r.eachCluster(worlds)
	}
	if len(r.clusters) == 0 {
		return worlds
	}
	if len(worlds) == 0 {
		worlds = []fileWorld{{name: rest}}
	}
	for i := range worlds {
		w := &worlds[i]
		w.files = append(w.applied(r.clusters), w.files...)
		if w.home == nil || i > 0 {
			continue
		}
		for _, c := range r.clusters {
			if len(c.docs) > 0 {
				w.home[c.docs[0].File] = true
			}
		}
	}
	return worlds
}

// eachCluster makes a world of each of several clusters, in which the files beside them are applied as well. It sees the services of
// the others.
func (r *gathered) eachCluster(beside []fileWorld) []fileWorld {
	if len(beside) == 0 {
		beside = []fileWorld{{}}
	}
	var worlds []fileWorld
	for _, with := range beside {
		for _, c := range r.named {
			w := fileWorld{name: c.name, cluster: c.name, files: slices.Clone(with.files)}
			if len(beside) > 1 {
				w.name += " with " + with.name
			}
			w.files = append(w.applied(c.files), w.files...)
			w.home = filesOf(w.files)
			worlds = append(worlds, w)
		}
	}
	for i := range worlds {
		for _, other := range worlds[i/len(r.named)*len(r.named):][:len(r.named)] {
			if other.cluster != worlds[i].cluster {
				worlds[i].others = append(worlds[i].others, other)
			}
		}
	}
	return worlds
}

// filesOf are the files that hold documents.
func filesOf(contents []content) map[*source.File]bool {
	files := map[*source.File]bool{}
	for _, c := range contents {
		for _, d := range c.docs {
			files[d.File] = true
		}
	}
	return files
}

// applied puts the objects of a world over those of clusters, and returns what is left of the clusters.
func (w *fileWorld) applied(clusters []content) []content {
	a := applying{live: map[config.Identity]*config.Object{}, gone: map[*source.Document]bool{}}
	for _, c := range clusters {
		for _, o := range c.objects {
			a.live[o.Identity()] = o
		}
	}
	w.files = slices.Clone(w.files)
	for i := range w.files {
		f := &w.files[i]
		f.objects = slices.Clone(f.objects)
		for k, o := range f.objects {
			f.objects[k] = a.apply(o)
		}
	}
	a.remakeSlices()
	left := make([]content, len(clusters))
	for i, c := range clusters {
		left[i] = c.without(func(d *source.Document) bool { return a.gone[d] })
	}
	return left
}
