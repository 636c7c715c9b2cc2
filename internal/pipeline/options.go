package pipeline

import (
	"io"
	"io/fs"

	"sem.example/internal/kustomize"
	"sem.example/internal/parallel"
	"sem.example/internal/release"
	"sem.example/internal/source"
	"sem.example/internal/world"
	"sem.example/schema"
)

// Options say what to read.
type Options struct {
	FS         fs.FS    // where the paths are; nil for the file system of the machine
	Paths      []string // files, folders and "-"; none is the current folder
	Kustomize  string   // a folder whose kustomization is built; without paths, nothing else is read
	Within     string   // the folder that the build may read; "" is the repository, or the current folder
	Worlds     []NamedWorld
	World      string    // the world that is asked about, where the input has several
	Clusters   []Cluster // what was read from clusters; without paths, nothing else is read
	Stdin      io.Reader // what "-" reads
	Namespace  string    // of documents that name none; "default" where empty
	MeshConfig string    // a file with the mesh's settings; "" looks for them in the input
	Assume     Assume    // how the input is completed by what a cluster would add
	Watch      parallel.Watch
	Release    release.Release // of Istio; the zero one is the newest
	ReleaseBy  string          // who asks for it: "set by --istio"; "" leaves it to the input

	FollowLinks bool              // from folders to files beyond them
	Edited      map[string][]byte // texts to read in place of those of files, by name
	Cache       *Cache            // keeps what was read, for the next reading with the same options; may be nil
	Builder     []string          // the command that builds kustomizations, see [kustomize.NewPool]; none is this process
	CUE         source.CUELimits  // what CUE files may cost
}

// A Cache keeps what files hold and what kustomizations make of them. The next reading of the same input reads and builds only what
// has changed. The zero Cache is empty; one cache is for one reading at a time. A nil one keeps nothing.
type Cache struct {
	loaded, examined source.Cache // files that were read to be asked about, and to be checked as well
	builds           kustomize.Cache
}

// Forget drops everything: something has changed that no file of the input tells of.
func (c *Cache) Forget() { *c = Cache{} }

func (c *Cache) ofLoaded() *source.Cache {
	if c == nil {
		return nil
	}
	return &c.loaded
}

func (c *Cache) ofExamined() *source.Cache {
	if c == nil {
		return nil
	}
	return &c.examined
}

func (c *Cache) ofBuilds() *kustomize.Cache {
	if c == nil {
		return nil
	}
	return &c.builds
}

// reading are the options for reading the input, with what was read before.
func (o Options) reading(cache *source.Cache) source.Options {
	return source.Options{FS: o.FS, Stdin: o.Stdin, Library: schema.Library(), Watch: o.Watch, FollowLinks: o.FollowLinks, Edited: o.Edited, Cache: cache, CUE: o.CUE}
}

// Assume says how an input is completed by what a cluster would add.
type Assume struct {
	Nothing    bool // it is taken as it is
	Everything bool // objects that were read from a cluster are completed as well
	stated     []world.Stated
	cluster    string // that the objects are of, where there are several
}

// State decides about the sidecars of workloads by hand: "sidecar:shop/web", "no-sidecar:legacy/*", "ambient:shop/web".
func (a *Assume) State(text string) error {
	s, err := world.ParseStated(text)
	a.stated = append(a.stated, s)
	return err
}
