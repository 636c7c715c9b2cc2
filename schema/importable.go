package schema

import (
	"slices"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"sem.example/internal/source"
)

// ImportPath is what CUE files import to use the definitions.
const ImportPath = "sem.example/schema"

// Library is the schema as a package for CUE files that sem reads. The definition of a kind demands no more in it than
// apiVersion and kind: what a file says beyond that is for [Check], which words mistakes better than CUE.
var Library = sync.OnceValue(func() source.Library {
	l := source.Library{Path: ImportPath, Files: map[string][]byte{}}
	for _, name := range fileNames() {
		data, err := module.ReadFile(name)
		if err != nil {
			panic(err)
		}
		l.Files[name] = loosen(name, data)
	}
	return l
})

// loosen returns a file with loose definitions of kinds.
func loosen(name string, data []byte) []byte {
	file, err := parser.ParseFile(name, data)
	if err != nil {
		panic(err) // the files are part of the program
	}
	found := false
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.Field); ok && definesKind(f) {
			f.Value, found = loose(f.Value), true
		}
	}
	if !found {
		return data
	}
	if err := astutil.Sanitize(file); err != nil { // it drops the imports that nothing needs any more
		panic(err)
	}
	text, err := format.Node(file)
	if err != nil {
		panic(err)
	}
	return text
}

// definesKind reports whether a field is the definition of a kind.
func definesKind(f *ast.Field) bool {
	name := fieldName(f)
	return name != "" && slices.Contains(kindList, name[1:])
}

// loose is the definition of a kind reduced to its kind and apiVersion, which may be any.
func loose(e ast.Expr) ast.Expr {
	if both, ok := e.(*ast.BinaryExpr); ok { // {} & {…}
		return loose(both.Y)
	}
	s := &ast.StructLit{}
	for _, decl := range e.(*ast.StructLit).Elts {
		f, ok := decl.(*ast.Field)
		switch {
		case !ok:
		case fieldName(f) == "apiVersion":
			f.Value = ast.NewBinExpr(token.OR, f.Value, ast.NewIdent("string"))
			s.Elts = append(s.Elts, f)
		case fieldName(f) == "kind":
			s.Elts = append(s.Elts, f)
		}
	}
	s.Elts = append(s.Elts, &ast.Ellipsis{})
	return s
}

// Version returns the apiVersion that the definition of a kind gives to a document, "" where there is no such kind.
func Version(kind string) string {
	if !slices.Contains(kindList, kind) {
		return ""
	}
	i := structural(named{define("#" + kind)}).index["apiVersion"]
	return choices(structural(named{define("#" + kind)}).fields[i].term)[0]
}
