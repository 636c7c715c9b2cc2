package schema

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"sem.example/internal/source"
)

// A conditioner turns the conditions of guards into JSON Schemas that hold for the maps that meet them.
type conditioner struct{ meanings map[string]ast.Expr }

// conditions is the JSON Schema of conditions that hold together. ok is false where it takes more than JSON Schema can say.
func conditions(all []ast.Expr, meanings map[string]ast.Expr) (jsonSchema, bool) {
	c := conditioner{meanings}
	var parts []any
	for _, e := range all {
		s, ok := c.condition(e)
		if !ok {
			return nil, false
		}
		parts = append(parts, s)
	}
	if len(parts) == 1 {
		return parts[0].(jsonSchema), true
	}
	return jsonSchema{"allOf": parts}, true
}

func (c conditioner) condition(e ast.Expr) (jsonSchema, bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.condition(e.X)
	case *ast.UnaryExpr:
		if s, ok := c.condition(e.X); ok && e.Op == token.NOT {
			return jsonSchema{"not": s}, true
		}
	case *ast.Ident:
		if meaning := c.meanings[e.Name]; meaning != nil {
			return c.truth(meaning)
		}
	case *ast.BinaryExpr:
		return c.binary(e)
	case *ast.CallExpr:
		return c.contains(e)
	}
	return nil, false
}

// truth is the condition that a hidden field is true: one that is a condition itself, or a field with a default.
func (c conditioner) truth(meaning ast.Expr) (jsonSchema, bool) {
	if path, fallback, ok := fieldOr(meaning); ok {
		return given(path, jsonSchema{"const": true}, fallback.kind == source.Bool && fallback.text == "true"), true
	}
	return c.condition(meaning)
}

func (c conditioner) binary(e *ast.BinaryExpr) (jsonSchema, bool) {
	if keyword := map[token.Token]string{token.LAND: "allOf", token.LOR: "anyOf"}[e.Op]; keyword != "" {
		x, ok1 := c.condition(e.X)
		y, ok2 := c.condition(e.Y)
		return jsonSchema{keyword: []any{x, y}}, ok1 && ok2
	}
	if _, ok := e.Y.(*ast.BottomLit); ok {
		path, ok := pathIn(e.X)
		return negated(given(path, jsonSchema{}, false), e.Op == token.EQL), ok && path[0][0] != '_'
	}
	if sum, ok := c.sizes(e.X); ok {
		return sizeIs(sum, e)
	}
	return c.compare(e)
}

// compare is the condition that a field, or what it means when it is left out, has a value or matches a pattern.
func (c conditioner) compare(e *ast.BinaryExpr) (jsonSchema, bool) {
	want, ok := constantOf(e.Y)
	path, fallback, found := c.operand(e.X)
	if !ok || !found {
		return nil, false
	}
	switch e.Op {
	case token.EQL, token.NEQ:
		s := given(path, jsonSchema{"const": plainValue(want)}, fallback == want)
		return negated(s, e.Op == token.NEQ), true
	case token.MAT, token.NMAT:
		s := given(path, jsonSchema{"pattern": ecma(want.text)}, newMatch(want.text, false).accepts(&source.Node{Kind: fallback.kind, Text: fallback.text}))
		return negated(s, e.Op == token.NMAT), true
	}
	return nil, false
}

// operand is a field, and what it means when it is left out.
func (c conditioner) operand(e ast.Expr) ([]string, exact, bool) {
	path, ok := pathIn(e)
	if !ok {
		return nil, exact{}, false
	}
	if meaning := c.meanings[path[0]]; meaning != nil {
		return fieldOr(meaning)
	}
	return path, exact{}, true
}

// sizes are the lists, maps or texts whose lengths are added up.
func (c conditioner) sizes(e ast.Expr) ([][]string, bool) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		x, ok1 := c.sizes(e.X)
		y, ok2 := c.sizes(e.Y)
		return append(x, y...), ok1 && ok2 && e.Op == token.ADD
	case *ast.CallExpr:
		if dotted(e.Fun) == "len" && len(e.Args) == 1 {
			path, _, ok := c.operand(e.Args[0])
			return [][]string{path}, ok
		}
	}
	return nil, false
}

// sizeIs is the condition len(…)+… == 0, or len(…) > n.
func sizeIs(sum [][]string, e *ast.BinaryExpr) (jsonSchema, bool) {
	limit, ok := constantOf(e.Y)
	if !ok || limit.kind != source.Number {
		return nil, false
	}
	least := jsonNumber("1")
	switch {
	case e.Op == token.EQL && limit.text == "0":
	case e.Op == token.GTR && limit.text == "0" && len(sum) == 1:
	case e.Op == token.GTR && limit.text == "1" && len(sum) == 1:
		least = "2"
	default:
		return nil, false
	}
	var some []any
	for _, path := range sum {
		some = append(some, given(path, jsonSchema{"minItems": least, "minProperties": least, "minLength": least}, false))
	}
	return negated(jsonSchema{"anyOf": some}, e.Op == token.EQL), true
}

// contains is the condition list.Contains(_list, "x").
func (c conditioner) contains(e *ast.CallExpr) (jsonSchema, bool) {
	if dotted(e.Fun) != "list.Contains" || len(e.Args) != 2 {
		return nil, false
	}
	path, _, ok1 := c.operand(e.Args[0])
	want, ok2 := constantOf(e.Args[1])
	return given(path, jsonSchema{"type": "array", "contains": jsonSchema{"const": plainValue(want)}}, false), ok1 && ok2
}

// given holds for maps whose field at a path meets a schema; absent reports whether also for those that do not have it.
func given(path []string, s jsonSchema, absent bool) jsonSchema {
	for i := len(path) - 1; i >= 0; i-- {
		if len(s) > 0 {
			s = jsonSchema{"properties": jsonSchema{path[i]: s}}
		}
		if s["required"] = []string{path[i]}; i > 0 {
			s["type"] = "object"
		}
	}
	if absent {
		return jsonSchema{"anyOf": []any{s, jsonSchema{"not": given(path, jsonSchema{}, false)}}}
	}
	return s
}

func negated(s jsonSchema, not bool) jsonSchema {
	if not {
		return jsonSchema{"not": s}
	}
	return s
}

// fieldOr reads *a.b | c: a field and what it means when it is left out, a literal or nothing.
func fieldOr(e ast.Expr) (path []string, fallback exact, ok bool) {
	or, isOr := e.(*ast.BinaryExpr)
	if !isOr || or.Op != token.OR {
		return nil, exact{}, false
	}
	first, isDefault := or.X.(*ast.UnaryExpr)
	if !isDefault || first.Op != token.MUL {
		return nil, exact{}, false
	}
	path, ok = pathIn(first.X)
	if fallback, isLiteral := constantOf(or.Y); isLiteral {
		return path, fallback, ok
	}
	return path, exact{}, ok
}

// pathIn reads a, a.b, or (a.b & type).
func pathIn(e ast.Expr) ([]string, bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return pathIn(e.X)
	case *ast.Ident:
		return []string{e.Name}, true
	case *ast.SelectorExpr:
		path, ok := pathIn(e.X)
		name, _, err := ast.LabelName(e.Sel)
		return append(path, name), ok && err == nil
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			return pathIn(e.X)
		}
	}
	return nil, false
}
