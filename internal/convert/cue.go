package convert

import (
	"strconv"
	"strings"
	"unicode"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"sem.example/internal/quote"
	"sem.example/internal/source"
	"sem.example/schema"
)

// A CUEWriter writes files of one package, so that no two of them have a field of the same name.
type CUEWriter struct {
	Package string // name of the package; "" writes files that are values of their own
	labels  map[string]bool
}

// File writes documents as one file: a field for each, which is held to the definition of its kind. What the definition gives
// (the kind and the current apiVersion) is left out.
func (w *CUEWriter) File(docs []*source.Document) []byte {
	if w.labels == nil || w.Package == "" {
		w.labels = map[string]bool{}
	}
	file, defined := &ast.File{}, false
	for _, d := range docs {
		value, typed := document(d)
		defined = defined || typed
		f := &ast.Field{Label: ast.NewIdent(w.label(d)), Value: value}
		ast.SetRelPos(f, token.NewSection)
		file.Decls = append(file.Decls, f)
	}
	var preamble []ast.Decl
	if w.Package != "" {
		preamble = append(preamble, &ast.Package{Name: ast.NewIdent(w.Package)})
	}
	if defined {
		preamble = append(preamble, &ast.ImportDecl{Specs: []*ast.ImportSpec{ast.NewImport(nil, schema.ImportPath)}})
	}
	file.Decls = append(preamble, file.Decls...)
	text, err := format.Node(file, format.Simplify())
	if err != nil {
		panic(err) // the syntax is made here
	}
	return quote.Escapes(text)
}

// label names the field of a document after its kind and name, as serviceEntryGithub.
func (w *CUEWriter) label(d *source.Document) string {
	words := strings.FieldsFunc(d.Kind+" "+d.Name, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	name := strings.Join(words, "")
	if name == "" || unicode.IsDigit(rune(name[0])) {
		name = "document" + name
	}
	name = strings.ToLower(name[:1]) + name[1:]
	unique := name
	for i := 2; w.labels[unique]; i++ {
		unique = name + "_" + strconv.Itoa(i)
	}
	w.labels[unique] = true
	return unique
}

// document returns a document as an expression, and reports whether that uses the definition of its kind.
func document(d *source.Document) (ast.Expr, bool) {
	definition := schema.Definition(d)
	version := schema.Version(definition)
	group, _, _ := strings.Cut(version, "/")
	if version == "" || !strings.HasPrefix(d.APIVersion, group+"/") {
		return expression(headed(d.Root)), false
	}
	rest := *headed(d.Root)
	fields := rest.Fields
	rest.Fields = nil
	for _, f := range fields {
		if f.Key != "kind" && !(f.Key == "apiVersion" && d.APIVersion == version) {
			rest.Fields = append(rest.Fields, f)
		}
	}
	kind := &ast.SelectorExpr{X: ast.NewIdent("schema"), Sel: ast.NewIdent("#" + definition)}
	return ast.NewBinExpr(token.AND, kind, expression(&rest)), true
}

// expression returns a tree as syntax.
func expression(n *source.Node) ast.Expr {
	switch n.Kind {
	case source.Map:
		s := &ast.StructLit{}
		for _, f := range n.Fields {
			field := &ast.Field{Label: ast.NewString(f.Key), Value: expression(f.Value)}
			if len(n.Fields) > 1 {
				ast.SetRelPos(field, token.Newline)
			}
			s.Elts = append(s.Elts, field)
		}
		return s
	case source.List:
		l := &ast.ListLit{}
		for _, item := range n.Items {
			l.Elts = append(l.Elts, expression(item))
		}
		return l
	case source.Bool:
		return ast.NewBool(n.Text == "true")
	case source.Number:
		return number(n.Text)
	case source.String:
		form := literal.String.WithOptionalTabIndent(1)
		if quote.Starts(n.Text) {
			form = literal.String // on one line, which begins with a quote
		}
		return ast.NewLit(token.STRING, form.Quote(n.Text))
	}
	return ast.NewNull()
}

// number returns a number, whose sign is an operator in CUE.
func number(text string) ast.Expr {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return &ast.UnaryExpr{Op: token.SUB, X: number(rest)}
	}
	if strings.ContainsAny(text, ".eE") {
		return ast.NewLit(token.FLOAT, text)
	}
	return ast.NewLit(token.INT, text)
}
