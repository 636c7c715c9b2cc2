package lsp

import (
	"path/filepath"

	"sem.example/internal/config"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// A cursor is the field of a resource that is written at a position.
type cursor struct {
	doc   *source.Document
	field string       // its path
	place source.Place // of its key, or of its value
}

// file returns a file that was read.
func (s *snapshot) file(name string) *source.File {
	for _, f := range s.report.Input.Files {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// cursorAt finds the field at a position of a file; not ok between fields.
func (s *snapshot) cursorAt(name string, at position) (cursor, bool) {
	f := s.file(name)
	if f == nil {
		return cursor{}, false
	}
	return s.cursor(name, linesOf(f.Data).offset(at))
}

// cursor finds the field at an offset of a file.
func (s *snapshot) cursor(name string, offset int) (cursor, bool) {
	f := s.file(name)
	if f == nil {
		return cursor{}, false
	}
	find := finder{file: f, offset: offset}
	cue := filepath.Ext(name) == ".cue" // resources of a package may be written in several files
	for _, doc := range s.report.Input.Documents {
		if doc.File != f && !(cue && filepath.Ext(doc.File.Name) == ".cue") {
			continue
		}
		find.doc = doc
		if find.value("", doc.Tree()) {
			return find.found, true
		}
	}
	return cursor{}, false
}

// A finder looks for the key or scalar that has an offset of a file.
type finder struct {
	doc    *source.Document
	file   *source.File
	offset int
	found  cursor
}

func (f *finder) value(path string, n *source.Node) bool {
	if n == nil {
		return false
	}
	for i := range n.Fields {
		at := source.Join(path, n.Fields[i].Key)
		if f.covers(n.Fields[i].Range, source.Place{Doc: f.doc, Field: at, Key: true}, at) || f.value(at, n.Fields[i].Value) {
			return true
		}
	}
	for i, item := range n.Items {
		if f.value(source.Index(path, i), item) {
			return true
		}
	}
	return n.Kind < source.List && f.covers(n.Range, source.Place{Doc: f.doc, Field: path}, path)
}

// covers notes a place that has the offset.
func (f *finder) covers(r source.Range, p source.Place, path string) bool {
	start, end := f.file.Span(r)
	if !r.Known() || f.offset < start || f.offset > end || p.Source() != f.file {
		return false
	}
	f.found = cursor{doc: f.doc, field: path, place: p}
	return true
}

// object returns the object of a document, and a world that has it; nil for one that is not part of the mesh.
func (s *snapshot) object(doc *source.Document) (*config.Object, *pipeline.World) {
	for _, w := range s.worlds {
		for _, o := range w.Objects {
			if o.Doc == doc || o.Doc.Original() == doc {
				return o, w
			}
		}
	}
	return nil, nil
}
