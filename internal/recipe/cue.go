package recipe

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"
	"go.yaml.in/yaml/v3"

	"sem.example/schema"
)

// inCUE writes documents as one file of CUE: a field each, with the definition of its kind where the schema has one.
func inCUE(documents []Document) []byte {
	file := &ast.File{Decls: []ast.Decl{
		&ast.ImportDecl{Specs: []*ast.ImportSpec{ast.NewImport(nil, "sem.example/schema")}},
	}}
	for _, d := range documents {
		field := &ast.Field{Label: ast.NewString(d.key), Value: syntax(d.node)}
		if name := schema.DefinitionOf(d.version, d.Kind); name != "" {
			kind := &ast.SelectorExpr{X: ast.NewIdent("schema"), Sel: ast.NewIdent("#" + name)}
			field.Value = &ast.BinaryExpr{X: kind, Op: token.AND, Y: field.Value}
		}
		annotate(field, d.comment)
		ast.SetRelPos(field, token.NewSection)
		for _, group := range ast.Comments(field) {
			ast.SetRelPos(group, token.NewSection)
		}
		file.Decls = append(file.Decls, field)
	}
	data, err := format.Node(file, format.Simplify())
	if err != nil {
		panic(err)
	}
	return data
}

// syntax returns YAML as a CUE expression.
func syntax(n *yaml.Node) ast.Expr {
	switch n.Kind {
	case yaml.MappingNode:
		s := &ast.StructLit{}
		for i := 0; i < len(n.Content); i += 2 {
			f := &ast.Field{Label: ast.NewString(n.Content[i].Value), Value: syntax(n.Content[i+1])}
			ast.SetRelPos(f, token.Newline)
			annotate(f, n.Content[i].HeadComment)
			s.Elts = append(s.Elts, f)
		}
		return s
	case yaml.SequenceNode:
		l := &ast.ListLit{}
		for _, item := range n.Content {
			x := syntax(item)
			annotate(x, item.HeadComment)
			l.Elts = append(l.Elts, x)
		}
		return l
	}
	switch n.Tag {
	case "!!int":
		return ast.NewLit(token.INT, n.Value)
	case "!!float":
		return ast.NewLit(token.FLOAT, n.Value)
	case "!!bool":
		return ast.NewBool(n.Value == "true")
	}
	return ast.NewString(n.Value)
}

// annotate puts a comment before a piece of syntax.
func annotate(n ast.Node, text string) {
	if text == "" {
		return
	}
	group := &ast.CommentGroup{Doc: true}
	ast.SetRelPos(n, token.Newline)
	for line := range strings.Lines(text) {
		group.List = append(group.List, &ast.Comment{Text: strings.TrimSpace("// " + line)})
	}
	ast.AddComment(n, group)
}
