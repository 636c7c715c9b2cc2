package lsp

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"sem.example/internal/pipeline"
)

// A workspace is one folder that the editor has open. Each has its own settings and is examined alone: what a folder holds says nothing
// about another.
type workspace struct {
	session *session
	folder  folder
	analyst *analyst
	leave   context.CancelFunc

	mu        sync.Mutex
	config    *Config // nil: to be read again
	cache     *pipeline.Cache
	symbols   symbols
	published map[string]publishDiagnosticsParams // what the editor shows
}

// enter opens a folder.
func (s *session) enter(ctx context.Context, root string) error {
	ctx, leave := context.WithCancel(ctx)
	w := &workspace{session: s, folder: folder{root}, leave: leave}
	w.analyst = newAnalyst(w.examine, func(found *snapshot) { w.publish(ctx, found) })
	if _, err := w.configuration(); err != nil {
		leave()
		return err
	}
	s.folders.add(w)
	go w.analyst.run(ctx)
	return nil
}

// refolder opens and closes folders while the editor is at work. The folder whose files another one has as well shows them from now on.
func (s *session) refolder(ctx context.Context, added, removed []workspaceFolder) {
	for _, f := range removed {
		if path, ok := pathOf(f.URI); ok {
			if w := s.folders.remove(path); w != nil {
				w.leave()
				w.show(ctx, nil)
			}
		}
	}
	for _, f := range added {
		path, ok := pathOf(f.URI)
		if !ok {
			continue
		}
		if err := s.enter(ctx, path); err != nil {
			_ = s.client.Notify(ctx, "window/showMessage", messageParams{messageError, "sem: " + err.Error()})
		}
	}
	s.folders.changed(s.folders.all()...)
}

// inside does what reads files. Their names are relative to the folder, so that the process has to be in it: in one at a time.
func (w *workspace) inside(do func()) error {
	w.session.place.Lock()
	defer w.session.place.Unlock()
	if err := os.Chdir(w.folder.path); err != nil {
		return err
	}
	do()
	return nil
}

// configuration is the configuration of the workspace, read again where it may have changed.
func (w *workspace) configuration() (c Config, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.config == nil {
		if there := w.inside(func() { c, err = w.session.server.Configure(w.folder.path) }); there != nil || err != nil {
			return Config{}, cmp.Or(there, err)
		}
		w.config, w.cache = &c, &pipeline.Cache{}
	}
	return *w.config, nil
}

// saved notes that a file on disk has changed. Settings and what CUE files import are read anew.
func (w *workspace) saved(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if filepath.Base(path) == ".sem.yaml" || strings.HasSuffix(path, ".cue") {
		w.config = nil
	}
}

// examine examines the workspace as it is.
func (w *workspace) examine() *snapshot { return w.examineWith(w.session.documents.in(w.folder)) }

// probe examines the workspace with another text of an open document.
func (w *workspace) probe(name string) func(text []byte) *snapshot {
	return func(text []byte) *snapshot {
		docs := w.session.documents.in(w.folder)
		doc := docs[name]
		doc.text = text
		docs[name] = doc
		return w.examineWith(docs)
	}
}

func (w *workspace) examineWith(docs map[string]document) *snapshot {
	c, err := w.configuration()
	if err != nil {
		return &snapshot{folder: w.folder, err: err}
	}
	var found *snapshot
	if err := w.inside(func() { found = examine(w.folder, docs, c, w.cache) }); err != nil {
		return &snapshot{folder: w.folder, err: err}
	}
	found.symbols, found.inside = &w.symbols, w.inside
	return found
}

// publish sends the findings of the workspace, but for those of files that are in a folder within it which is open, too.
func (w *workspace) publish(ctx context.Context, found *snapshot) {
	if found.err != nil {
		_ = w.session.client.Notify(ctx, "window/showMessage", messageParams{messageError, "sem: " + found.err.Error()})
		return
	}
	all := published(found, w.session.docs)
	for uri := range all {
		if of, _ := w.session.folders.of(uri); of != nil && of != w {
			delete(all, uri)
		}
	}
	w.show(ctx, all)
}

// show sends the diagnostics of the files for which they are not what the editor shows.
func (w *workspace) show(ctx context.Context, all map[string]publishDiagnosticsParams) {
	w.mu.Lock()
	before := w.published
	w.published = all
	w.mu.Unlock()
	for uri := range before {
		if _, still := all[uri]; still {
			continue
		}
		w.notify(ctx, publishDiagnosticsParams{URI: uri, Diagnostics: []diagnostic{}})
		if of, _ := w.session.folders.of(uri); of != nil && of != w {
			of.repeat(ctx, uri) // which may have shown its own already
		}
	}
	for uri, params := range all {
		if !reflect.DeepEqual(before[uri].Diagnostics, params.Diagnostics) {
			w.notify(ctx, params)
		}
	}
}

// repeat sends the diagnostics of a file again.
func (w *workspace) repeat(ctx context.Context, uri string) {
	w.mu.Lock()
	params, ok := w.published[uri]
	w.mu.Unlock()
	if ok {
		w.notify(ctx, params)
	}
}

func (w *workspace) notify(ctx context.Context, p publishDiagnosticsParams) {
	_ = w.session.client.Notify(ctx, "textDocument/publishDiagnostics", p)
}

// workspaces are the open folders. They are safe for concurrent use.
type workspaces struct {
	mu   sync.Mutex
	open []*workspace // the longest path first: a folder before the one that it is in
}

func (ws *workspaces) add(w *workspace) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.open = append(slices.Clone(ws.open), w)
	slices.SortStableFunc(ws.open, func(a, b *workspace) int { return len(b.folder.path) - len(a.folder.path) })
}

// remove returns the folder that was open under a path, or nil.
func (ws *workspaces) remove(path string) *workspace {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	at := slices.IndexFunc(ws.open, func(w *workspace) bool { return w.folder.path == path })
	if at < 0 {
		return nil
	}
	w := ws.open[at]
	ws.open = slices.Delete(slices.Clone(ws.open), at, at+1)
	return w
}

func (ws *workspaces) all() []*workspace {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.open
}

// with returns the folders that have a file: several where one is within another.
func (ws *workspaces) with(uri string) (all []*workspace) {
	for _, w := range ws.all() {
		if _, ok := w.folder.name(uri); ok {
			all = append(all, w)
		}
	}
	return all
}

// of is the innermost folder that has a file, and the name of the file in it; nil where none has it.
func (ws *workspaces) of(uri string) (*workspace, string) {
	for _, w := range ws.all() {
		if name, ok := w.folder.name(uri); ok {
			return w, name
		}
	}
	return nil, ""
}

// changed has folders examined anew.
func (ws *workspaces) changed(all ...*workspace) {
	for _, w := range all {
		w.analyst.changed()
	}
}
