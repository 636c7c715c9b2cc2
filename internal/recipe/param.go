package recipe

import (
	"strings"
	"unicode"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// A Param is something that a recipe has to be told.
type Param struct {
	Name     string   // "tls-port"
	Text     string   // what it is, in a line, with what stands for the value in back quotes
	Type     string   // "host", "port", "switch" …: what shared.cue calls it, in lower case; "choice" where Values say all
	Values   []string // those that are allowed, where these are all
	Default  string   // what it is unless it is said, perhaps in words
	Required bool     // there is no default

	field string // its name in CUE
	kind  string // its definition, such as "#Host"; "" where Values say all
}

// Switch reports whether the parameter is either true or false.
func (p *Param) Switch() bool { return p.Type == "switch" }

// Plain is the text without quotes.
func (p *Param) Plain() string { return strings.ReplaceAll(p.Text, "`", "") }

// path is where a recipe holds the value of the parameter.
func (p *Param) path() cue.Path { return cue.MakePath(cue.Str("params"), cue.Str(p.field)) }

// readParams reads the parameters of a recipe from its field params.
func readParams(s *ast.StructLit) []Param {
	var params []Param
	for _, decl := range s.Elts {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		p := Param{field: label(field), Text: comment(field), Required: field.Constraint == token.NOT}
		p.Name = kebab(p.field)
		p.constraint(field.Value)
		for _, a := range field.Attrs {
			if key, body := a.Split(); key == "default" {
				p.Default = body
			}
		}
		params = append(params, p)
	}
	return params
}

// constraint takes in what a parameter may be.
func (p *Param) constraint(x ast.Expr) {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		p.constraint(x.X)
		p.constraint(x.Y)
	case *ast.UnaryExpr:
		p.Default = text(x.X)
		if _, plain := x.X.(*ast.BasicLit); plain {
			p.constraint(x.X)
		}
	case *ast.BasicLit:
		if x.Kind == token.STRING && text(x) != "" {
			p.Type, p.Values = "choice", append(p.Values, text(x))
		}
	case *ast.Ident:
		p.kind, p.Type, p.Values = x.Name, strings.ToLower(strings.TrimPrefix(x.Name, "#")), nil
	}
}

// text is a literal as it is typed on a command line, or any other expression as it is written.
func text(x ast.Expr) string {
	if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if s, err := literal.Unquote(lit.Value); err == nil {
			return s
		}
	}
	data, err := format.Node(x)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// kebab writes a name of CUE as flags are written: tlsPort becomes tls-port.
func kebab(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
