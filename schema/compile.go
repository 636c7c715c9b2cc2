package schema

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"sem.example/internal/source"
)

// A compiler turns the syntax of one structure or definition into terms. What it does not know becomes a term that accepts
// nothing, so that CUE decides.
type compiler struct {
	open   bool            // structures allow further fields, because they only add constraints to another
	hidden map[string]expr // the hidden fields of the structure at hand
}

// compile compiles an expression. open says that its structures allow further fields.
func compile(e ast.Expr, open bool) term {
	return (&compiler{open: open}).term(e)
}

// basics are CUE's predeclared types.
var basics = map[string]term{
	"_":      basic{kinds: anything},
	"string": basic{kinds: strs},
	"bool":   basic{kinds: bools},
	"number": basic{kinds: numbers},
	"int":    basic{kinds: numbers, integer: true},
	"int32":  conj{basic{kinds: numbers, integer: true}, bound{">=", -1 << 31}, bound{"<=", 1<<31 - 1}},
	"uint32": conj{basic{kinds: numbers, integer: true}, bound{">=", 0}, bound{"<=", 1<<32 - 1}},
	"uint64": conj{basic{kinds: numbers, integer: true}, bound{">=", 0}},
}

func (c *compiler) term(e ast.Expr) term {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.term(e.X)
	case *ast.Ident:
		return c.reference(e.Name)
	case *ast.BasicLit:
		if l, ok := constantOf(e); ok {
			return l
		}
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	case *ast.ListLit:
		return c.list(e)
	case *ast.StructLit:
		return c.structure(e)
	case *ast.CallExpr:
		return c.call(e)
	case *ast.SelectorExpr:
		if v, ok := validators[dotted(e)]; ok {
			return v(0)
		}
	case *ast.Alias:
		return c.measured(e)
	}
	return never{}
}

func (c *compiler) reference(name string) term {
	if t := basics[name]; t != nil {
		return t
	}
	if d := define(name); d != nil {
		return named{d}
	}
	return never{}
}

// constantOf returns a literal in the form that nodes have.
func constantOf(e ast.Expr) (exact, bool) {
	if text, ok := textOf(e); ok {
		return exact{source.String, text}, true
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return exact{}, false
	}
	switch lit.Kind {
	case token.INT, token.FLOAT:
		return exact{source.Number, strings.ReplaceAll(lit.Value, "_", "")}, true
	case token.TRUE, token.FALSE:
		return exact{source.Bool, lit.Value}, true
	case token.NULL:
		return exact{source.Null, ""}, true
	}
	return exact{}, false
}

// textOf returns the text of a string literal, which may be put together from definitions: "^\(_label)$".
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := literal.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.Ident:
		if d := define(e.Name); d != nil {
			return textOf(d.expr)
		}
	case *ast.Interpolation:
		return interpolate(e)
	}
	return "", false
}

// interpolate joins the parts of a string: literal texts, and between them expressions.
func interpolate(e *ast.Interpolation) (string, bool) {
	first, ok1 := e.Elts[0].(*ast.BasicLit)
	last, ok2 := e.Elts[len(e.Elts)-1].(*ast.BasicLit)
	if !ok1 || !ok2 {
		return "", false
	}
	quotes, prefix, _, err := literal.ParseQuotes(first.Value, last.Value)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for i, part := range e.Elts {
		text, ok := "", false
		if lit, isLit := part.(*ast.BasicLit); isLit && i%2 == 0 {
			text, err = quotes.Unquote(lit.Value[prefix:])
			ok, prefix = err == nil, len(")")
		} else {
			text, ok = textOf(part)
		}
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// unary compiles a bound: >=1, !="", =~"^a"; or a choice that is the default, *"v1", which is a choice like the others.
func (c *compiler) unary(e *ast.UnaryExpr) term {
	if e.Op == token.MUL {
		return c.term(e.X)
	}
	l, ok := constantOf(e.X)
	op := e.Op.String()
	if minus, isUnary := e.X.(*ast.UnaryExpr); isUnary && minus.Op == token.SUB {
		l, ok = constantOf(minus.X)
		l.text = "-" + l.text
	}
	switch {
	case !ok:
	case l.kind == source.String && op == "!=":
		return other(l.text)
	case l.kind == source.String && (op == "=~" || op == "!~"):
		return newMatch(l.text, op == "!~")
	case l.kind == source.Number:
		if v, err := strconv.ParseFloat(l.text, 64); err == nil {
			return bound{op, v}
		}
	}
	return never{}
}

// binary compiles & and |. An error("…") among the choices of a disjunction accepts nothing; it is there for its words.
func (c *compiler) binary(e *ast.BinaryExpr) term {
	switch e.Op {
	case token.AND:
		return both(c.term(e.X), c.term(e.Y))
	case token.OR:
		var parts disj
		for _, side := range []ast.Expr{e.X, e.Y} {
			t := c.term(side)
			if choices, ok := t.(disj); ok {
				parts = append(parts, choices...)
				continue
			}
			parts = append(parts, t)
		}
		return parts
	}
	return never{}
}

// list compiles [...item]. Lists of fixed length are not used.
func (c *compiler) list(e *ast.ListLit) term {
	if len(e.Elts) == 1 {
		if rest, ok := e.Elts[0].(*ast.Ellipsis); ok && rest.Type != nil {
			return list{(&compiler{open: c.open}).term(rest.Type)}
		}
	}
	return never{}
}

// call compiles error("…") and validators such as list.MaxItems(1).
func (c *compiler) call(e *ast.CallExpr) term {
	if len(e.Args) != 1 {
		return never{}
	}
	l, ok := constantOf(e.Args[0])
	name := dotted(e.Fun)
	switch {
	case !ok:
	case name == "error":
		return never{l.text}
	case validators[name] != nil && l.kind == source.Number:
		if n, err := strconv.ParseInt(l.text, 10, 64); err == nil {
			return validators[name](n)
		}
	}
	return never{}
}

// dotted returns a name such as list.MaxItems.
func dotted(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if sel, ok := e.Sel.(*ast.Ident); ok {
			return dotted(e.X) + "." + sel.Name
		}
	}
	return ""
}
