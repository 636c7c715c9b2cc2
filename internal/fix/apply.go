package fix

import (
	"bytes"
	"path/filepath"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// A Text is a file after fixes.
type Text struct {
	File  *source.File
	Fixed []*diag.Diagnostic // whose fixes are in it
	Data  []byte
}

// Apply returns the files that the fixes of findings change. Of two fixes that are about the same place the first is made: to
// make the other takes another round.
func Apply(found []*diag.Diagnostic) []Text {
	var drafts []*draft
	byFile := map[*source.File]*draft{}
	for _, d := range found {
		changes, file := located(d.Edit)
		if file == nil {
			continue
		}
		if byFile[file] == nil {
			byFile[file] = newDraft(file)
			drafts = append(drafts, byFile[file])
		}
		byFile[file].wanted = append(byFile[file].wanted, wish{d, changes})
	}
	var texts []Text
	for _, d := range drafts {
		if text := d.write(); len(text.Fixed) > 0 && !bytes.Equal(text.Data, text.File.Data) {
			texts = append(texts, text)
		}
	}
	return texts
}

// located returns changes as those of the one file that was written by hand; nil where there is none. A document that kustomize
// built is changed in the resource that it was built of, if it has there what is to be changed.
func located(changes []diag.Change) ([]diag.Change, *source.File) {
	var file *source.File
	out := slices.Clone(changes)
	for i := range out {
		at := &out[i].At
		if original := at.Doc.Original(); original != at.Doc {
			if !same(nearest(original, at.Field), nearest(at.Doc, at.Field)) {
				return nil, nil
			}
			at.Doc = original
		}
		in := at.File
		if at.Doc != nil {
			in = at.Doc.File
		}
		if in == nil || file != nil && in != file || !editable(in) {
			return nil, nil
		}
		file = in
	}
	return out, file
}

// nearest is the value at a path, or that of the nearest map or list around it.
func nearest(d *source.Document, path string) *source.Node {
	at := source.Field{Value: d.Tree()}
	for _, s := range source.Steps(path) {
		next, ok := into(at.Value, s)
		if !ok {
			break
		}
		at = next
	}
	return at.Value
}

// same reports whether two values are the same, in whatever order their fields are.
func same(a, b *source.Node) bool {
	if a == nil || b == nil || a.Kind != b.Kind || a.Text != b.Text || len(a.Fields) != len(b.Fields) {
		return false
	}
	for _, f := range a.Fields {
		if !same(f.Value, b.Get(f.Key)) {
			return false
		}
	}
	return slices.EqualFunc(a.Items, b.Items, same)
}

// editable reports whether a file is written by hand as YAML or JSON, rather than evaluated or filled in.
func editable(f *source.File) bool {
	return filepath.Ext(f.Name) != ".cue" && !bytes.Contains(f.Data, []byte("{{"))
}

// A wish is a finding with its changes.
type wish struct {
	finding *diag.Diagnostic
	changes []diag.Change
}

// A draft is a file in which fixes are made.
type draft struct {
	file   *source.File
	docs   []*source.Document // of the text as it is
	wanted []wish
}

func newDraft(f *source.File) *draft {
	docs, _ := source.Parse(&source.File{Name: f.Name, Data: f.Data})
	return &draft{file: f, docs: docs}
}

// mostAlone bounds how many fixes of a file are tried one by one.
const mostAlone = 200

// write makes all fixes that do not stand in each other's way. Where the result is not what they ask for, each is tried by itself.
func (d *draft) write() Text {
	if text, ok := d.attempt(d.wanted); ok {
		return text
	}
	best := Text{File: d.file}
	var good []wish
	for _, w := range d.wanted[:min(len(d.wanted), mostAlone)] {
		if text, ok := d.attempt(append(slices.Clip(good), w)); ok {
			best, good = text, append(good, w)
		}
	}
	return best
}

// attempt makes fixes, and reports whether the text then reads as the trees that they ask for.
func (d *draft) attempt(wanted []wish) (Text, bool) {
	text := Text{File: d.file}
	trees := make([]*source.Node, len(d.docs))
	for i, doc := range d.docs {
		trees[i] = doc.Tree()
	}
	var all []edit
	for _, w := range wanted {
		edits, next := d.plan(w.changes, trees)
		clash := func(e edit) bool { return slices.ContainsFunc(all, e.overlaps) }
		if len(edits) == 0 || slices.ContainsFunc(edits, clash) {
			continue
		}
		all, trees = append(all, edits...), next
		text.Fixed = append(text.Fixed, w.finding)
	}
	text.Data = edited(d.file.Data, all)
	return text, d.readsAs(text.Data, trees)
}

// plan returns the edits of changes, and the trees after them; no edits where one of them cannot be made.
func (d *draft) plan(changes []diag.Change, trees []*source.Node) ([]edit, []*source.Node) {
	var all []edit
	trees = slices.Clone(trees)
	for _, c := range changes {
		if c.At.Doc == nil {
			all = append(all, removeComment(d.file, c.At.Exact)...)
			continue
		}
		i := slices.IndexFunc(d.docs, func(doc *source.Document) bool { return doc.Tree().Range == c.At.Doc.Tree().Range })
		if i < 0 || recorded(d.docs[i]) {
			return nil, nil
		}
		edits, tree := (page{d.file, d.docs[i].Tree()}).edits(c), changed(trees[i], c)
		if len(edits) == 0 || tree == nil {
			return nil, nil
		}
		all, trees[i] = append(all, edits...), tree
	}
	return all, trees
}

// recorded reports whether a document was read from a cluster, and so is a record of it.
func recorded(d *source.Document) bool {
	meta := d.Tree().Get("metadata")
	return meta.StringAt("uid") != "" || meta.StringAt("resourceVersion") != ""
}

// readsAs reports whether a text has these trees and no mistake that the file does not have.
func (d *draft) readsAs(text []byte, trees []*source.Node) bool {
	docs, problems := source.Parse(&source.File{Name: d.file.Name, Data: text})
	_, before := source.Parse(&source.File{Name: d.file.Name, Data: d.file.Data})
	if len(docs) != len(trees) || len(problems) > len(before) {
		return false
	}
	for i, doc := range docs {
		if !same(doc.Tree(), trees[i]) {
			return false
		}
	}
	return true
}
