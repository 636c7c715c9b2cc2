package kustomize

import (
	"errors"
	"path"
	"slices"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// A Plan is what a kustomization uses.
type Plan struct {
	Tree    *Tree
	Folders map[string]bool // of the other kustomizations that are part of it, by their paths in the tree
	Done    bool            // it was built

	folder string
	plan   *planner
	fault  *source.Problem
}

// A Build is what a kustomization makes.
type Build struct {
	Documents []*source.Document
	Sources   []*source.Document // that a document was made of in the first place
	Files     []File             // that it was made of, each once
	Component bool               // it is a part of others, and nothing by itself: there are no documents
	Failed    bool               // there are no documents
	Problems  []source.Problem   // what is wrong with it, and what is left out of it
}

// A File is one that a build was made of.
type File struct {
	Source    *source.File
	Documents []*source.Document
}

// Plan reads the kustomization in a folder of the tree, and what it uses.
func (t *Tree) Plan(folder string) *Plan { return t.plan(folder, false, nil) }

// plan is as Plan, with the schemas of custom types where they are wanted, and without the patches of some resources.
func (t *Tree) plan(folder string, wholeTypes bool, lacking []string) *Plan {
	p := &planner{
		wholeTypes: wholeTypes, lacking: lacking,
		tree: t, copies: map[string][]byte{}, sizes: map[string]size{}, used: map[string]bool{}, component: map[string]bool{},
	}
	out := &Plan{Tree: t, Folders: map[string]bool{}, folder: folder, plan: p}
	_, out.fault = p.folder(folder)
	for f := range p.sizes {
		if f != folder {
			out.Folders[f] = true
		}
	}
	return out
}

// Build builds the kustomization. What fails by what is left out of it is nothing but worth knowing.
func (o *Plan) Build() *Build {
	p, fault := o.plan, o.fault
	o.Done, o.plan = true, nil
	b := &Build{Problems: p.left}
	for _, name := range p.order {
		f := p.tree.read(name)
		b.Files = append(b.Files, File{f.source, f.docs})
	}
	switch {
	case fault != nil:
	case p.component[o.folder]:
		b.Component = true
		return b
	default:
		fault = p.run(o.folder, b)
	}
	if id := unmatched(fault); id != "" && len(p.left) > 0 && len(p.lacking) < maxLacking {
		return p.tree.plan(o.folder, p.wholeTypes, append(p.lacking, id)).Build()
	}
	if fault != nil && p.shortened { // last, as it costs the most
		return p.tree.plan(o.folder, true, p.lacking).Build()
	}
	if fault != nil {
		b.Failed, b.Documents = true, nil
		fault.Minor = fault.Minor || len(p.left) > 0
		b.Problems = append(b.Problems, *fault)
	}
	return b
}

// maxLacking is how many patches are left out because what they are about is.
const maxLacking = 20

// noMatch is what kustomize says of a patch whose resource there is not.
var noMatch = lazy.Regexp(`no matches for Id ([^\s;"]+/[^\s;"]+)`)

// unmatched is the resource that a build lacks for a patch, as kustomize names it; "" where it fails by something else.
func unmatched(fault *source.Problem) string {
	if fault == nil {
		return ""
	}
	if m := noMatch().FindStringSubmatch(fault.Message); m != nil {
		return m[1]
	}
	return ""
}

// run has the library build the copies, and makes documents of what it built, with the places of what they were made of.
func (p *planner) run(folder string, b *Build) *source.Problem {
	r := request{Folder: path.Join(memoryRoot, folder), Files: p.copies}
	made, err := p.tree.cache.answer(r, p.tree.build)
	if err == nil && made.Fault != "" {
		err = errors.New(made.Fault)
	}
	if err != nil {
		return p.explain(p.tree.kustomization(folder), err)
	}
	for _, data := range made.Resources {
		made, _ := source.Parse(&source.File{Name: "built.json", Data: data})
		for _, doc := range made {
			from := p.unmark(doc.Root)
			if len(from) == 0 {
				from = p.unmarked(doc)
			}
			b.Documents, b.Sources = append(b.Documents, source.Derived(doc.Root, from)), append(b.Sources, from[0])
		}
	}
	return nil
}

// unmarked is what a document without marks was made of, as that of a generator is: the kustomization.
func (p *planner) unmarked(doc *source.Document) []*source.Document {
	best := p.kustomizations[len(p.kustomizations)-1] // the outermost
	for _, d := range p.marked {
		if name := d.Name; d.Kind == doc.Kind && name != "" && strings.Contains(doc.Name, name) && (best.Kind != doc.Kind || len(name) > len(best.Name)) {
			best = d
		}
	}
	return []*source.Document{best}
}

// explain makes a problem of an error of the library. It is at the document, or at the field of the kustomization, that the error
// names, where it names one.
func (p *planner) explain(name string, err error) *source.Problem {
	text := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), memoryRoot+"/", "")), " ")
	text = pointer().ReplaceAllString(text, "")
	if steps := accumulating().FindAllStringIndex(text, -1); steps != nil {
		text = text[steps[len(steps)-1][1]:] // what led to the folder is known
	}
	f := p.fault(name, source.Range{}, "kustomize cannot build it: "+text)
	for _, doc := range slices.Backward(p.marked) {
		if strings.Contains(text, identity(doc)) {
			f.File, f.Range = doc.File, doc.At("metadata.name")
			return f
		}
	}
	longest := ""
	for _, doc := range p.kustomizations {
		eachText(doc.Tree(), func(n *source.Node) {
			if len(n.Text) > len(longest) && len(n.Text) > 3 && strings.Contains(text, strings.TrimPrefix(n.Text, "./")) {
				longest, f.File, f.Range = n.Text, doc.File, n.Range
			}
		})
	}
	return f
}

// accumulating is what kustomize says of each kustomization on the way to the one that it cannot build.
var accumulating = lazy.Regexp(`recursed accumulation of path '[^']*': `)

// pointer is what kustomize says of a generator: an address in its memory.
var pointer = lazy.Regexp(`&\{0x[0-9a-f]+ [^}]*\}: `)

// eachText calls f for each string of a tree.
func eachText(n *source.Node, f func(*source.Node)) {
	if n == nil {
		return
	}
	if n.Kind == source.String {
		f(n)
	}
	for _, field := range n.Fields {
		eachText(field.Value, f)
	}
	for _, item := range n.Items {
		eachText(item, f)
	}
}
