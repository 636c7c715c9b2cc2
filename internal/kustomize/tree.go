package kustomize

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"sem.example/internal/source"
	"sem.example/internal/subprocess"
)

// A Tree is the folder that builds may read, and nothing beyond it: also no link leads out of it. Plans are made one after another.
type Tree struct {
	fsys  fs.FS
	close func() error
	name  func(string) string // of a file for people, by its path in the tree
	files map[string]*file
	mu    sync.Mutex       // of files
	pool  *subprocess.Pool // of processes that build; nil for this process
	cache *Cache
}

// BuildIn has builds made by the processes of a pool.
func (t *Tree) BuildIn(pool *subprocess.Pool) { t.pool = pool }

// Remember has what was built before taken from a cache.
func (t *Tree) Remember(cache *Cache) { t.cache = cache }

// build answers a request, in another process where there is a pool.
func (t *Tree) build(r request) (reply, error) {
	if t.pool == nil {
		return r.build(), nil
	}
	return r.buildInProcess(t.pool)
}

// file is a file of a tree, read once.
type file struct {
	source   *source.File
	docs     []*source.Document
	problems []source.Problem
	err      error
}

// NewTree returns the tree of a file system.
func NewTree(fsys fs.FS) *Tree {
	return &Tree{fsys: fsys, close: func() error { return nil }, name: func(p string) string { return p }, files: map[string]*file{}}
}

// OpenTree returns the tree of a folder of the machine. Its files are named as seen from the current folder, or absolutely if asked for.
func OpenTree(folder string, absolute bool) (*Tree, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	t := NewTree(root.FS())
	t.close = root.Close
	t.name = func(p string) string {
		full := filepath.Join(folder, filepath.FromSlash(p))
		if here, err := os.Getwd(); err == nil && !absolute {
			if rel, err := filepath.Rel(here, full); err == nil {
				return rel
			}
		}
		return full
	}
	return t, nil
}

// Close lets go of the folder.
func (t *Tree) Close() error { return t.close() }

// Known takes a file that was read already, by its path in the tree.
func (t *Tree) Known(name string, f *source.File, docs []*source.Document) {
	t.files[name] = &file{source: f, docs: docs}
}

// maxFile is the size up to which a file is read, in bytes.
const maxFile = 8 << 20

// read returns a file by its path in the tree.
func (t *Tree) read(name string) *file {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.files[name]; f != nil {
		return f
	}
	f := &file{source: &source.File{Name: t.name(name)}}
	t.files[name] = f
	if f.source.Data, f.err = t.bytes(name); f.err == nil {
		f.docs, f.problems = source.Parse(f.source)
	}
	return f
}

func (t *Tree) bytes(name string) ([]byte, error) {
	if info, err := fs.Stat(t.fsys, name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, source.ErrNotRegular
	}
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		return nil, fmt.Errorf("it has more than %d MiB", maxFile>>20)
	}
	return data, err
}

// names are those that the file of a kustomization may have, in the order in which kustomize looks for them.
var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// IsFile reports whether a file is a kustomization, by its name.
func IsFile(name string) bool {
	base := filepath.Base(name)
	return base == names[0] || base == names[1] || base == names[2]
}

// kustomization returns the path of the kustomization of a folder, "" where it has none.
func (t *Tree) kustomization(folder string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, base := range names {
		name := path.Join(folder, base)
		if t.files[name] != nil {
			return name
		}
		if info, err := fs.Stat(t.fsys, name); err == nil && info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// isFolder reports whether a path is a folder of the tree.
func (t *Tree) isFolder(name string) bool {
	info, err := fs.Stat(t.fsys, name)
	return err == nil && info.IsDir()
}

// why words why a file cannot be read.
func why(err error) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder"
	case errors.As(err, &at):
		return at.Err.Error()
	}
	return err.Error()
}
