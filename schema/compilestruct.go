package schema

import (
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// structure compiles a struct.
func (c *compiler) structure(e *ast.StructLit) term {
	t := &structure{open: c.open, hidden: map[string]expr{}, meanings: map[string]ast.Expr{}}
	inner := &compiler{open: c.open, hidden: t.hidden}
	if !inner.fill(t, e) {
		return never{}
	}
	return t
}

// fill adds the declarations of a struct, and reports whether all of them are understood. Hidden fields come first, for guards
// may be before them.
func (c *compiler) fill(t *structure, e *ast.StructLit) bool {
	for _, decl := range e.Elts {
		if f, ok := decl.(*ast.Field); ok && isHidden(f) && f.Constraint == token.ILLEGAL {
			c.hidden[fieldName(f)] = c.expr(f.Value)
			t.meanings[fieldName(f)] = f.Value
		}
	}
	for _, decl := range e.Elts {
		if !c.declare(t, decl) {
			return false
		}
	}
	return true
}

func (c *compiler) declare(t *structure, decl ast.Decl) bool {
	switch d := decl.(type) {
	case *ast.Ellipsis:
		t.open = true
	case *ast.Comprehension:
		return c.guard(t, d)
	case *ast.Field:
		return c.field(t, d)
	case *ast.CommentGroup, *ast.Attribute:
	default:
		return false
	}
	return true
}

func (c *compiler) field(t *structure, f *ast.Field) bool {
	if pattern, ok := f.Label.(*ast.ListLit); ok && len(pattern.Elts) == 1 {
		t.patterns = append(t.patterns, patternOf(c, pattern.Elts[0], f.Value))
		return true
	}
	if isHidden(f) {
		if f.Constraint == token.NOT {
			t.demands = map[string]string{fieldName(f): attribute(f, "missing")}
		}
		return f.Constraint != token.OPTION
	}
	t.add(field{
		name: fieldName(f), text: comment(f), required: f.Constraint != token.OPTION, given: f.Constraint == token.ILLEGAL,
		term: c.value(f.Value), fallback: attribute(f, "default"), missing: attribute(f, "missing"),
	})
	return fieldName(f) != ""
}

// value compiles what a field holds, in which no hidden field of this structure is read.
func (c *compiler) value(e ast.Expr) term { return (&compiler{open: c.open}).term(e) }

func patternOf(c *compiler, key, val ast.Expr) patternConstraint {
	return patternConstraint{key: c.value(key), value: c.value(val)}
}

// guard compiles if … {…}. Several clauses in a row hold together.
func (c *compiler) guard(t *structure, e *ast.Comprehension) bool {
	body, ok := e.Value.(*ast.StructLit)
	if !ok {
		return false
	}
	g := guard{holds: constant(exact{kind: boolKind, text: "true"}), then: &structure{open: true, hidden: c.hidden, meanings: t.meanings}}
	for _, clause := range e.Clauses {
		cond, ok := clause.(*ast.IfClause)
		if !ok {
			return false
		}
		g.holds = operate("&&", g.holds, c.expr(cond.Condition))
		g.when = append(g.when, cond.Condition)
	}
	inner := &compiler{open: true, hidden: c.hidden}
	t.guards = append(t.guards, g)
	return inner.fill(g.then, body)
}

// measured compiles X={text, #n: f(X), #n: limits}.
func (c *compiler) measured(e *ast.Alias) term {
	body, ok := e.Expr.(*ast.StructLit)
	if !ok {
		return never{}
	}
	t := measured{text: basic{kinds: anything}, limits: basic{kinds: anything}}
	for _, decl := range body.Elts {
		switch d := decl.(type) {
		case *ast.EmbedDecl:
			t.text = both(t.text, c.term(d.Expr))
		case *ast.Field:
			if call, ok := d.Value.(*ast.CallExpr); ok && measures[dotted(call.Fun)] != nil {
				t.measure = measures[dotted(call.Fun)]
				continue
			}
			t.limits = both(t.limits, c.term(d.Value))
		default:
			return never{}
		}
	}
	if t.measure == nil {
		return never{}
	}
	return t
}

func fieldName(f *ast.Field) string {
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		return ""
	}
	return name
}

// isHidden reports whether a field is one that begins with _ and is not a string.
func isHidden(f *ast.Field) bool {
	id, ok := f.Label.(*ast.Ident)
	return ok && len(id.Name) > 1 && id.Name[0] == '_'
}

// attribute returns the argument of an attribute such as @default(10s).
func attribute(f *ast.Field, name string) string {
	for _, a := range f.Attrs {
		key, body := a.Split()
		if key != name {
			continue
		}
		if s, err := strconv.Unquote(body); err == nil {
			return s
		}
		return body
	}
	return ""
}
