package source

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// A cueTree turns the values of one document into nodes. The files of a package, and templates above all, make a value
// together; its place is where the data stand: the literal behind a chain of references, and for a map the field that
// holds it. What no file of the input wrote has the place of what is around it.
type cueTree struct {
	reader    *cueReader
	home      *File
	elsewhere map[*Node]*File // of values that are in another file than home
}

// field returns a value as a field: its key has a place where it is written as one.
func (t *cueTree) field(v cue.Value, around FileRange) Field {
	key, at := t.reader.key(v), t.reader.place(v)
	switch {
	case at.File == nil && key.File == nil:
		key, at = around, around
	case at.File == nil || v.IncompleteKind() == cue.StructKind && key.File != nil && key.File != at.File:
		at = key
	case key.File != at.File:
		key = at
	}
	f := Field{Range: key.Range, Value: &Node{Range: at.Range}}
	if at.File != t.home {
		t.elsewhere[f.Value] = at.File
	}
	t.fill(f.Value, v, at)
	return f
}

// fill gives a node its content.
func (t *cueTree) fill(n *Node, v cue.Value, at FileRange) {
	switch v.Kind() {
	case cue.StructKind:
		n.Kind = Map
		for it, err := v.Fields(); err == nil && it.Next(); {
			f := t.field(it.Value(), at)
			f.Key = it.Selector().Unquoted()
			n.Fields = append(n.Fields, f)
		}
	case cue.ListKind:
		n.Kind = List
		for it, err := v.List(); err == nil && it.Next(); {
			n.Items = append(n.Items, t.field(it.Value(), at).Value)
		}
	default:
		if text, err := v.MarshalJSON(); err == nil {
			r := literal(text)
			n.Kind, n.Text = r.kind, r.text
		}
	}
}

// place is where the data of a value stand, of the files that are read; the zero FileRange where none of them has it.
func (r *cueReader) place(v cue.Value) FileRange {
	if k := v.IncompleteKind(); k != cue.StructKind && k != cue.ListKind {
		// A value that is unified with one that says nothing forgets how it came here and knows its literal.
		if at := r.rangeOf(v.Unify(r.top).Source()); at.File != nil {
			return at
		}
	}
	return r.first(v, func(n ast.Node) ast.Node {
		if f, ok := n.(*ast.Field); ok {
			return f.Value
		}
		return n
	})
}

// key is where the key of a value stands.
func (r *cueReader) key(v cue.Value) FileRange {
	return r.first(v, func(n ast.Node) ast.Node {
		if f, ok := n.(*ast.Field); ok {
			return f.Label
		}
		return nil
	})
}

// first is the place of the first part of a value that has one.
func (r *cueReader) first(v cue.Value, part func(ast.Node) ast.Node) FileRange {
	for _, n := range sources(v) {
		if at := r.rangeOf(part(n)); at.File != nil {
			return at
		}
	}
	return FileRange{}
}

// sources are the pieces of syntax that make a value together, the most particular ones first, as CUE has them.
func sources(v cue.Value) []ast.Node {
	if n := v.Source(); n != nil {
		return []ast.Node{n}
	}
	op, parts := v.Expr()
	if op != cue.AndOp {
		return nil
	}
	var found []ast.Node
	for _, part := range parts {
		found = append(found, sources(part)...)
	}
	return found
}

// rangeOf is the place of a piece of syntax that makes a value, if it is in one of the files. A loop makes none, and a file
// begins behind its imports.
func (r *cueReader) rangeOf(n ast.Node) FileRange {
	switch at := n.(type) {
	case nil, *ast.ForClause:
		return FileRange{}
	case *ast.File:
		if body := slices.DeleteFunc(slices.Clone(at.Decls), preamble); len(body) > 0 {
			return r.rangeOf(body[0])
		}
	}
	c := r.files[n.Pos().Filename()]
	if c == nil || !n.End().IsValid() {
		return FileRange{}
	}
	return FileRange{File: c.file, Range: c.file.span(n.Pos().Offset(), n.End().Offset())}
}

// preamble reports whether a declaration comes before what a file is about.
func preamble(d ast.Decl) bool {
	switch d.(type) {
	case *ast.Package, *ast.ImportDecl, *ast.CommentGroup, *ast.Attribute:
		return true
	}
	return false
}

// point is the place of the word at a position, if it is in one of the files.
func (r *cueReader) point(at token.Pos) FileRange {
	c := r.files[at.Filename()]
	if c == nil {
		return FileRange{}
	}
	return FileRange{File: c.file, Range: c.file.word(at.Offset())}
}

// byFile returns the content of a file.
func (r *cueReader) byFile(f *File) *content {
	for _, c := range r.files {
		if c.file == f {
			return c
		}
	}
	return nil
}

// word is the place of the word at an offset.
func (f *File) word(offset int) Range {
	end := min(offset, len(f.Data))
	for end < len(f.Data) && !space(f.Data[end]) && !slices.Contains([]byte(":,{}[]()"), f.Data[end]) {
		end++
	}
	return f.span(offset, max(end, min(offset+1, len(f.Data))))
}
