package kustomize

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// memoryRoot is where the library finds the copies.
const memoryRoot = "/tree"

// Limits of one build.
const (
	maxDepth          = 32       // of kustomizations that use others
	maxKustomizations = 1_000    // of all that is used, as often as it is used
	maxDocuments      = 20_000   // of all that is used, as often as it is used
	maxBytes          = 64 << 20 // of all that is used, as often as it is used
)

// A planner gathers what a kustomization uses.
type planner struct {
	tree   *Tree
	copies map[string][]byte // for the library, by their names there

	depth          int
	sizes          map[string]size // of folders
	component      map[string]bool // folders that hold a component
	kustomizations []*source.Document
	marked         []*source.Document // the documents that marks name, by number
	used           map[string]bool    // files
	order          []string           // of the used files
	left           []source.Problem
	wholeTypes     bool     // with the schemas of custom types, which a patch may be about
	shortened      bool     // a custom type has lost its schemas
	lacking        []string // resources that are not part of the build, whose patches are left out
}

// size is what a folder comes to, with all that it uses.
type size struct{ kustomizations, documents, bytes int }

func (s *size) add(o size) {
	s.kustomizations, s.documents, s.bytes = s.kustomizations+o.kustomizations, s.documents+o.documents, s.bytes+o.bytes
}

// fault is a problem of a file that keeps the kustomization from being built.
func (p *planner) fault(name string, at source.Range, message string) *source.Problem {
	f := &source.Problem{Trouble: source.NotBuilt, File: p.tree.read(name).source, Range: at, Message: message}
	if !at.Known() {
		f.Range = source.Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}
	}
	return f
}

// leave reports what is left out of the build.
func (p *planner) leave(doc *source.Document, at source.Range, message string) {
	p.left = append(p.left, source.Problem{Trouble: source.NotBuilt, File: doc.File, Range: at, Message: message, Minor: true, Help: leftHelp})
}

const leftHelp = "validate what kustomize makes, for example: kustomize build FOLDER | sem validate -"

// use reads a file that the build is made of.
func (p *planner) use(name string) *file {
	f := p.tree.read(name)
	if !p.used[name] {
		p.used[name] = true
		p.order = append(p.order, name)
	}
	return f
}

// write makes a copy for the library.
func (p *planner) write(name string, data []byte) { p.copies[path.Join(memoryRoot, name)] = data }

// objects copies a file of objects, each with a mark. A file that is none, or that is copied already, is left as it is.
func (p *planner) objects(name string) (size, error) {
	f := p.use(name)
	switch {
	case f.err != nil:
		return size{}, errors.New(why(f.err))
	case slices.ContainsFunc(f.problems, func(q source.Problem) bool { return !q.Minor && q.Trouble != source.TwoReadings }):
		return size{}, errors.New(f.problems[0].Message)
	}
	s := size{documents: len(f.docs), bytes: len(f.source.Data)}
	if p.copies[path.Join(memoryRoot, name)] != nil {
		return s, nil
	}
	var out []byte
	for _, doc := range f.docs {
		out = append(append(append(out, "---\n"...), p.annotated(doc).AppendJSON(nil)...), '\n')
	}
	if len(f.docs) == 0 {
		out = f.source.Data
	}
	p.write(name, out)
	return s, nil
}

// marks is the beginning of the annotations that name the documents that a resource was made of.
const marks = "sem.example/source-"

// annotated returns the tree of an object with an annotation that names it; that of anything else as it is.
func (p *planner) annotated(doc *source.Document) *source.Node {
	root := doc.Tree()
	if doc.Kind == "CustomResourceDefinition" && !p.wholeTypes {
		root, p.shortened = withoutSchemas(root), true
	}
	meta := root.Get("metadata")
	if doc.Kind == "" || meta == nil || meta.Kind != source.Map {
		return root
	}
	if a := meta.Get("annotations"); a != nil && a.Kind != source.Map && a.Kind != source.Null {
		return root
	}
	key := fmt.Sprintf("%s%06d", marks, len(p.marked))
	p.marked = append(p.marked, doc)
	return root.With("metadata", meta.With("annotations", meta.Get("annotations").With(key, &source.Node{Kind: source.String})))
}

// withoutSchemas returns the definition of a type without its schemas, which are most of what large repositories hold, cost the library
// most of its time, and say nothing of a mesh.
func withoutSchemas(root *source.Node) *source.Node {
	spec := root.Get("spec")
	versions := spec.Get("versions")
	if versions == nil || versions.Kind != source.List {
		return root
	}
	short := &source.Node{Kind: source.List, Range: versions.Range}
	for _, v := range versions.Items {
		short.Items = append(short.Items, v.Without("schema"))
	}
	return root.With("spec", spec.With("versions", short).Without("validation"))
}

// unmark takes the marks from a resource that was built, and returns the documents that they name.
func (p *planner) unmark(root *source.Node) []*source.Document {
	meta := root.Get("metadata")
	annotations := meta.Get("annotations")
	if annotations == nil {
		return nil
	}
	var from []*source.Document
	var kept []source.Field
	for _, f := range annotations.Fields {
		var n int
		if number, ok := strings.CutPrefix(f.Key, marks); !ok {
			kept = append(kept, f)
		} else if _, err := fmt.Sscanf(number, "%d", &n); err == nil && n < len(p.marked) {
			from = append(from, p.marked[n])
		}
	}
	annotations.Fields = kept
	if len(kept) == 0 {
		meta.Fields = slices.DeleteFunc(meta.Fields, func(f source.Field) bool { return f.Key == "annotations" })
	}
	return from
}

// identity is how kustomize names a document: "Service.v1.[noGrp]/web.".
func identity(doc *source.Document) string {
	group, version, grouped := strings.Cut(doc.APIVersion, "/")
	if !grouped {
		group, version = "[noGrp]", doc.APIVersion
	}
	return doc.Kind + "." + version + "." + group + "/" + doc.Name + "."
}
