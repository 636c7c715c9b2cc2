package schema

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// CUE returns the definitions of kinds, and all that they are made of, as one file of the package.
func CUE(kinds ...string) []byte {
	wanted := map[string]bool{}
	for _, kind := range kinds {
		reachable("#"+kind, wanted)
	}
	out := &ast.File{Decls: []ast.Decl{&ast.Package{Name: ast.NewIdent("schema")}}}
	imports := &ast.ImportDecl{Lparen: token.NoSpace.Pos()}
	var fields []ast.Decl
	for _, name := range fileNames() {
		file := mustParse(name)
		for spec := range file.ImportSpecs() {
			if !slices.ContainsFunc(imports.Specs, func(s *ast.ImportSpec) bool { return s.Path.Value == spec.Path.Value }) {
				ast.SetRelPos(spec, token.Newline)
				imports.Specs = append(imports.Specs, spec)
			}
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.Field); ok && wanted[fieldName(f)] {
				ast.SetRelPos(f, token.NewSection)
				fields = append(fields, f)
			}
		}
	}
	slices.SortFunc(imports.Specs, func(a, b *ast.ImportSpec) int { return strings.Compare(a.Path.Value, b.Path.Value) })
	out.Decls = append(append(out.Decls, imports), fields...)
	if err := astutil.Sanitize(out); err != nil { // it drops the imports that these kinds do not need
		panic(err)
	}
	text, err := format.Node(out)
	if err != nil {
		panic(err)
	}
	return text
}

// reachable marks a definition and those that it refers to.
func reachable(name string, marked map[string]bool) {
	d := define(name)
	if d == nil || marked[name] {
		return
	}
	marked[name] = true
	ast.Walk(d.expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (id.Name[0] == '#' || id.Name[0] == '_') {
			reachable(id.Name, marked)
		}
		return true
	}, nil)
}

// mustParse parses a file of the schema anew, for a caller that changes it.
func mustParse(name string) *ast.File {
	data, err := module.ReadFile(name)
	if err != nil {
		panic(err)
	}
	file, err := parser.ParseFile(name, data, parser.ParseComments)
	if err != nil {
		panic(err) // the files are part of the program
	}
	return file
}
