package source

import (
	"bytes"
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// A CUEProbe is a text of CUE in which a hidden field stands for the word that is being typed as the name of one: it may be in any
// struct, and a document does not show it. The struct is found by a field that the document has.
type CUEProbe struct {
	Text   []byte
	Key    int  // offset of the name of the field
	Beside bool // the field is in the same struct; else the struct is its value, or an item of it
	Item   int  // the item of a list; -1 without a list
}

// standIn is the hidden field.
const standIn = "_semCompletes"

// ProbeCUE puts a field in place of a word; not ok where no field of a struct can be.
func ProbeCUE(text []byte, start, end int) (CUEProbe, bool) {
	before := bytes.TrimRight(text[:start], " \t")
	if len(before) > 0 && !bytes.ContainsAny(before[len(before)-1:], "{,\n") {
		return CUEProbe{}, false
	}
	word := standIn
	if rest := bytes.TrimLeft(text[end:], " \t"); !bytes.HasPrefix(rest, []byte(":")) {
		word += ": null"
		if len(rest) > 0 && !bytes.ContainsAny(rest[:1], "},\r\n") {
			word += ", "
		}
	}
	p := CUEProbe{Text: slices.Concat(text[:start], []byte(word), text[end:]), Item: -1}
	file, err := parser.ParseFile("", p.Text)
	if err != nil {
		return CUEProbe{}, false
	}
	return p, p.locate(around(file))
}

// around are the nodes around the stand-in, the innermost last.
func around(file *ast.File) (found []ast.Node) {
	var path []ast.Node
	ast.Walk(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && labelled(f, standIn) {
			found = slices.Clone(path)
		}
		path = append(path, n)
		return true
	}, func(ast.Node) { path = path[:len(path)-1] })
	return found
}

func labelled(f *ast.Field, name string) bool {
	label, ok := f.Label.(*ast.Ident)
	return ok && label.Name == name
}

// locate finds the field that tells which struct is the last of the nodes.
func (p *CUEProbe) locate(nodes []ast.Node) bool {
	if len(nodes) == 0 {
		return false
	}
	in, ok := nodes[len(nodes)-1].(*ast.StructLit)
	if !ok {
		return false
	}
	for _, e := range in.Elts {
		if f, ok := e.(*ast.Field); ok && !labelled(f, standIn) && f.Label.Pos().IsValid() {
			p.Key, p.Beside = f.Label.Pos().Offset(), true
			return true
		}
	}
	for i := len(nodes) - 2; i >= 0; i-- {
		switch n := nodes[i].(type) {
		case *ast.ListLit:
			p.Item = slices.IndexFunc(n.Elts, func(e ast.Expr) bool { return e == nodes[i+1] })
		case *ast.Field:
			p.Key = n.Label.Pos().Offset()
			return n.Label.Pos().IsValid()
		}
	}
	return false
}
