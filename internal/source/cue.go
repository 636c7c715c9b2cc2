package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// A cueReader evaluates the CUE files of one folder. Files of one package are one value, as cue itself has it; a file
// without a package is a value of its own. Every struct with an apiVersion and a kind, however deep, is a document;
// hidden fields and definitions only serve others. Imports are found in the module around the folder, never fetched.
type cueReader struct {
	files    map[string]*content // by absolute name
	overlay  map[string]load.Source
	packages [][]string
}

// readCUE reads the files of one folder, whose text is at hand.
func readCUE(files []content) {
	r := &cueReader{files: map[string]*content{}, overlay: map[string]load.Source{}}
	named := map[string]int{}
	for i := range files {
		c := &files[i]
		name, err := filepath.Abs(c.file.Name)
		if err != nil || c.file.Data == nil || !c.text() {
			continue
		}
		c.suppressions()
		r.files[name], r.overlay[name] = c, load.FromBytes(c.file.Data)
		syntax, err := parser.ParseFile(name, c.file.Data, parser.PackageClauseOnly)
		if err != nil {
			r.fail(c, err)
			continue
		}
		pkg := syntax.PackageName()
		if at, ok := named[pkg]; ok && pkg != "" {
			r.packages[at] = append(r.packages[at], name)
			continue
		}
		named[pkg] = len(r.packages)
		r.packages = append(r.packages, []string{name})
	}
	for _, names := range r.packages {
		r.evaluate(names)
	}
}

// evaluate reads one package.
func (r *cueReader) evaluate(names []string) {
	first := r.files[names[0]]
	config := &load.Config{Dir: filepath.Dir(names[0]), Overlay: r.overlay, Env: []string{"CUE_REGISTRY=none"}}
	for _, instance := range load.Instances(names, config) {
		if instance.Err != nil {
			r.fail(first, instance.Err)
			continue
		}
		v := cuecontext.New().BuildInstance(instance)
		if err := v.Err(); err != nil {
			r.fail(first, err)
			continue
		}
		if r.objects(first, v, 0) == 0 && len(first.problems) == 0 && first.named {
			first.problem(NoDocument, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, "the package has no value with an apiVersion and a kind")
		}
	}
}

// objects makes documents of the objects in a value and returns how many there are.
func (r *cueReader) objects(c *content, v cue.Value, depth int) int {
	if depth > maxDepth {
		return 0
	}
	if v.LookupPath(cue.ParsePath("apiVersion")).Exists() && v.LookupPath(cue.ParsePath("kind")).Exists() {
		r.document(c, v)
		return 1
	}
	found := 0
	switch v.IncompleteKind() {
	case cue.StructKind:
		for it, err := v.Fields(); err == nil && it.Next(); {
			found += r.objects(c, it.Value(), depth+1)
		}
	case cue.ListKind:
		for it, err := v.List(); err == nil && it.Next(); {
			found += r.objects(c, it.Value(), depth+1)
		}
	}
	return found
}

// document makes a document of an object. Of the files that take part in it, it belongs to the one that names it.
func (r *cueReader) document(c *content, v cue.Value) {
	if err := v.Validate(cue.Concrete(true), cue.Final()); err != nil {
		r.fail(c, err)
		return
	}
	for _, path := range []string{"metadata.name", "metadata", "kind"} {
		if home := r.files[v.LookupPath(cue.ParsePath(path)).Pos().Filename()]; home != nil {
			c = home
			break
		}
	}
	c.add(c.cueNode(v, Range{}).Value, "")
}

// cueNode returns a value as a field: its key has a place where it is written as one. What stands in another file has
// the place of what is around it.
func (c *content) cueNode(v cue.Value, around Range) Field {
	f := Field{Range: around, Value: &Node{Range: around}}
	switch at := v.Source().(type) {
	case *ast.Field:
		f.Range, f.Value.Range = c.cueRange(at.Label, around), c.cueRange(at.Value, around)
	case ast.Node:
		f.Value.Range = c.cueRange(at, around)
	default:
		f.Value.Range = c.cuePoint(v.Pos(), around)
	}
	n := f.Value
	switch v.Kind() {
	case cue.StructKind:
		n.Kind = Map
		for it, err := v.Fields(); err == nil && it.Next(); {
			field := c.cueNode(it.Value(), n.Range)
			field.Key = it.Selector().Unquoted()
			n.Fields = append(n.Fields, field)
		}
	case cue.ListKind:
		n.Kind = List
		for it, err := v.List(); err == nil && it.Next(); {
			n.Items = append(n.Items, c.cueNode(it.Value(), n.Range).Value)
		}
	default:
		c.cueScalar(n, v)
	}
	return f
}

func (c *content) cueScalar(n *Node, v cue.Value) {
	text, err := v.MarshalJSON()
	if err != nil {
		c.problem(NotConcrete, n.Range, "the value has no JSON form")
		return
	}
	r := literal(text)
	n.Kind, n.Text = r.kind, r.text
}

// cueRange is the place of a piece of syntax, if it is in this file.
func (c *content) cueRange(at ast.Node, around Range) Range {
	if !c.holds(at.Pos()) || !at.End().IsValid() {
		return around
	}
	return c.file.span(at.Pos().Offset(), at.End().Offset())
}

func (c *content) cuePoint(at token.Pos, around Range) Range {
	if !c.holds(at) {
		return around
	}
	return c.file.span(at.Offset(), at.Offset())
}

// holds says whether a position is in this file.
func (c *content) holds(at token.Pos) bool {
	name, err := filepath.Abs(c.file.Name)
	return err == nil && at.IsValid() && at.Filename() == name
}

// fail reports what CUE finds wrong, each error at the place where it stands in one of the files.
func (r *cueReader) fail(first *content, err error) {
	list := errors.Errors(err)
	for _, e := range list[:min(len(list), maxTroubles)] {
		p := Problem{Trouble: Syntax, File: first.file, Message: cueMessage(e)}
		if strings.Contains(p.Message, "incomplete value") {
			p.Trouble = NotConcrete
		}
		r.blame(&p, append([]token.Pos{e.Position()}, e.InputPositions()...))
		first.problems = append(first.problems, p)
	}
}

// cueMessage is what an error and its causes say, without their places.
func cueMessage(e errors.Error) string {
	parts := []string{}
	if path := strings.Join(e.Path(), "."); path != "" {
		parts = append(parts, path)
	}
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		e, ok := err.(errors.Error)
		if !ok {
			parts = append(parts, err.Error())
			break
		}
		format, args := e.Msg()
		parts = append(parts, fmt.Sprintf(format, args...))
	}
	return strings.Join(slices.Compact(parts), ": ")
}

// blame gives a problem its places: the first is its own, the others take part in it.
func (r *cueReader) blame(p *Problem, positions []token.Pos) {
	for _, at := range positions {
		home := r.files[at.Filename()]
		if home == nil {
			continue
		}
		place := home.file.word(at.Offset())
		switch {
		case !p.Range.Known():
			p.File, p.Range = home.file, place
		case home.file == p.File && place == p.Range:
		default:
			p.Related = append(p.Related, Mark{File: home.file, Range: place, Note: "this takes part in it"})
		}
	}
	p.Related = slices.Compact(p.Related)
}

// word is the place of the word at an offset.
func (f *File) word(offset int) Range {
	end := min(offset, len(f.Data))
	for end < len(f.Data) && !space(f.Data[end]) && !strings.ContainsRune(":,{}[]()", rune(f.Data[end])) {
		end++
	}
	return f.span(offset, max(end, min(offset+1, len(f.Data))))
}
