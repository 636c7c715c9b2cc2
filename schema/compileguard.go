package schema

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"sem.example/internal/source"
)

const boolKind = source.Bool

// expr compiles an expression of a condition or of a hidden field. Names are those of the structure's own fields.
func (c *compiler) expr(e ast.Expr) expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expr(e.X)
	case *ast.BasicLit:
		if l, ok := constantOf(e); ok {
			return constant(l)
		}
	case *ast.Ident:
		return c.name(e.Name)
	case *ast.SelectorExpr:
		if sel, ok := e.Sel.(*ast.Ident); ok {
			return member(c.expr(e.X), sel.Name)
		}
	case *ast.ListLit:
		if len(e.Elts) == 0 {
			return empty(isList)
		}
	case *ast.StructLit:
		if len(e.Elts) == 0 {
			return empty(isMap)
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return negate(c.expr(e.X))
		}
	case *ast.BinaryExpr:
		return c.operation(e)
	case *ast.CallExpr:
		return c.apply(e)
	}
	return unknown
}

func empty(k valueKind) expr { return func(*source.Node) value { return value{kind: k} } }

// name reads a field of the structure.
func (c *compiler) name(name string) expr {
	if name[0] == '_' {
		hidden := c.hidden
		return func(n *source.Node) value {
			if e := hidden[name]; e != nil {
				return e(n)
			}
			return value{}
		}
	}
	return func(n *source.Node) value { return valueOf(n.Get(name)) }
}

// kindNames are the types that a condition narrows a value to.
var kindNames = map[string]valueKind{"int": isNumber, "bool": isBool, "string": isText}

func (c *compiler) operation(e *ast.BinaryExpr) expr {
	if _, ok := e.Y.(*ast.BottomLit); ok && (e.Op == token.EQL || e.Op == token.NEQ) {
		return present(c.expr(e.X), e.Op == token.NEQ)
	}
	switch e.Op {
	case token.AND:
		if id, ok := e.Y.(*ast.Ident); ok && kindNames[id.Name] != isUnknown {
			return ofKind(c.expr(e.X), kindNames[id.Name])
		}
		return unknown
	case token.OR:
		if first, ok := e.X.(*ast.UnaryExpr); ok && first.Op == token.MUL {
			return fallback(c.expr(first.X), c.expr(e.Y))
		}
		return unknown
	case token.MAT, token.NMAT:
		if l, ok := constantOf(e.Y); ok && l.kind == source.String {
			return matches(c.expr(e.X), newMatch(l.text, e.Op == token.NMAT))
		}
		return unknown
	}
	return operate(e.Op.String(), c.expr(e.X), c.expr(e.Y))
}

// apply compiles a call. Functions that cannot compute with their arguments return an unknown value.
func (c *compiler) apply(e *ast.CallExpr) expr {
	f := calls[dotted(e.Fun)]
	if f == nil || len(e.Args) == 0 {
		return unknown
	}
	var args []expr
	for _, a := range e.Args {
		args = append(args, c.expr(a))
	}
	return func(n *source.Node) value {
		values := make([]value, len(args))
		for i, a := range args {
			values[i] = a(n)
		}
		return f(values)
	}
}
