package schema

import (
	"strconv"
	"sync"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"sem.example/internal/source"
)

// An evaluator is CUE itself with the schema loaded. It is for one goroutine at a time, and it remembers every name that it has
// met, so it is thrown away after some use.
type evaluator struct {
	schema cue.Value
	used   int
}

// evaluators holds those that nobody uses.
var evaluators = sync.Pool{New: func() any { return &evaluator{schema: load()} }}

// evaluations is how many times an evaluator is used.
const evaluations = 5000

// ask returns what CUE has to say against a tree of a kind. Nodes that blank has are unknown to CUE, or left out where blank
// says so.
func ask(kind string, root *source.Node, blank map[*source.Node]patch) []errors.Error {
	e := evaluators.Get().(*evaluator)
	doc := e.schema.Context().BuildExpr(syntax(root, blank))
	v := e.schema.LookupPath(cue.MakePath(cue.Def("#" + kind))).Unify(doc)
	found := errors.Errors(v.Validate(cue.Final(), cue.Concrete(true)))
	if e.used++; e.used < evaluations {
		evaluators.Put(e)
	}
	return found
}

// load compiles the schema, from syntax of its own: CUE marks what it compiles.
func load() cue.Value {
	v := cuecontext.New().BuildInstance(Instance(build.NewContext()))
	if err := v.Err(); err != nil {
		panic(err)
	}
	return v
}

// Instance returns the schema as the CUE package sem.example/schema, for other packages of a context to import.
func Instance(ctx *build.Context) *build.Instance {
	inst := ctx.NewInstance("", nil)
	inst.ImportPath = "sem.example/schema"
	for _, name := range fileNames() {
		data, err := module.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if err := inst.AddFile(name, data); err != nil {
			panic(err)
		}
	}
	if err := inst.Complete(); err != nil {
		panic(err)
	}
	return inst
}

// A patch says how a node that is wrong is kept from being found wrong twice.
type patch uint8

const (
	hide   patch = iota + 1 // CUE sees a value that may be anything
	remove                  // CUE sees no such field
)

// syntax returns a tree as a CUE expression.
func syntax(n *source.Node, blank map[*source.Node]patch) ast.Expr {
	if blank[n] == hide {
		return ast.NewIdent("_")
	}
	switch n.Kind {
	case source.Bool:
		return ast.NewBool(n.Text == "true")
	case source.Number:
		return numeral(n.Text)
	case source.String:
		return ast.NewString(n.Text)
	case source.List:
		items := make([]ast.Expr, len(n.Items))
		for i, item := range n.Items {
			items[i] = syntax(item, blank)
		}
		return &ast.ListLit{Elts: items}
	case source.Map:
		s := &ast.StructLit{}
		for _, f := range n.Fields {
			if blank[f.Value] != remove {
				s.Elts = append(s.Elts, &ast.Field{Label: ast.NewString(f.Key), Value: syntax(f.Value, blank)})
			}
		}
		return s
	}
	return ast.NewNull()
}

// numeral returns a JSON number. CUE writes the sign as an operator, and takes only what is written without a fraction for a
// whole number.
func numeral(text string) ast.Expr {
	if text != "" && text[0] == '-' {
		return &ast.UnaryExpr{Op: token.SUB, X: numeral(text[1:])}
	}
	if digits, ok := integer(text); ok {
		return &ast.BasicLit{Kind: token.INT, Value: digits}
	}
	return &ast.BasicLit{Kind: token.FLOAT, Value: text}
}

// step cuts the first step from the path of a CUE error: the name of a field, or a position in a list. ok is false for what is
// not part of documents: definitions and hidden fields.
func step(label string, in *source.Node) (key string, index int, ok bool) {
	if label == "" || label[0] == '#' || label[0] == '_' {
		return "", 0, false
	}
	if in != nil && in.Kind == source.List {
		i, err := strconv.Atoi(label)
		return "", i, err == nil && i < len(in.Items)
	}
	if s, err := strconv.Unquote(label); err == nil {
		return s, 0, true
	}
	return label, 0, true
}
