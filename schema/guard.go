package schema

import (
	"strings"

	"sem.example/internal/source"
)

// An expr computes a value from the fields of a map, for the condition of a guard.
type expr func(n *source.Node) value

// A value is what an expression comes to.
type value struct {
	kind   valueKind
	truth  bool    // isBool
	text   string  // isText
	number float64 // isNumber
	size   int     // of isText in bytes, and of isList and isMap
	node   *source.Node
}

type valueKind uint8

const (
	isUnknown valueKind = iota // the expression is more than the checker understands
	isAbsent                   // CUE's bottom: a field that the map does not have
	isNull
	isBool
	isNumber
	isText
	isList
	isMap
)

func unknown(*source.Node) value { return value{} }

func truth(b bool) value { return value{kind: isBool, truth: b} }

// valueOf returns a node as a value.
func valueOf(n *source.Node) value {
	if n == nil {
		return value{kind: isAbsent}
	}
	switch n.Kind {
	case source.Null:
		return value{kind: isNull, node: n}
	case source.Bool:
		return value{kind: isBool, truth: n.Text == "true", node: n}
	case source.String:
		return value{kind: isText, text: n.Text, size: len(n.Text), node: n}
	case source.List:
		return value{kind: isList, size: len(n.Items), node: n}
	case source.Map:
		return value{kind: isMap, size: len(n.Fields), node: n}
	}
	f, ok := number(n)
	if !ok {
		return value{}
	}
	return value{kind: isNumber, number: f, node: n}
}

// member selects a field of what an expression comes to.
func member(of expr, name string) expr {
	return func(n *source.Node) value {
		v := of(n)
		if v.kind != isMap {
			return absentOr(v)
		}
		return valueOf(v.node.Get(name))
	}
}

// absentOr is what a selection from something other than a map comes to.
func absentOr(v value) value {
	if v.kind == isUnknown {
		return v
	}
	return value{kind: isAbsent}
}

// fallback is CUE's *a | b: b where a is absent.
func fallback(a, b expr) expr {
	return func(n *source.Node) value {
		if v := a(n); v.kind != isAbsent {
			return v
		}
		return b(n)
	}
}

// ofKind is CUE's a & int: absent where a is something else.
func ofKind(a expr, k valueKind) expr {
	return func(n *source.Node) value {
		v := a(n)
		if v.kind == k || v.kind == isUnknown {
			return v
		}
		return value{kind: isAbsent}
	}
}

// operators are the operators between two values that are both present.
var operators = map[string]func(a, b value) value{
	"&&": func(a, b value) value { return logic(a, b, a.truth && b.truth) },
	"||": func(a, b value) value { return logic(a, b, a.truth || b.truth) },
	"==": func(a, b value) value { return truth(equal(a, b)) },
	"!=": func(a, b value) value { return truth(!equal(a, b)) },
	">":  func(a, b value) value { return numeric(a, b, truth(a.number > b.number)) },
	"+":  func(a, b value) value { return numeric(a, b, value{kind: isNumber, number: a.number + b.number}) },
}

// operate applies an operator. Neither side may be absent.
func operate(op string, a, b expr) expr {
	do := operators[op]
	if do == nil {
		return unknown
	}
	return func(n *source.Node) value {
		x, y := a(n), b(n)
		if x.kind <= isAbsent || y.kind <= isAbsent {
			return value{}
		}
		return do(x, y)
	}
}

func logic(a, b value, is bool) value {
	if a.kind != isBool || b.kind != isBool {
		return value{}
	}
	return truth(is)
}

func numeric(a, b, is value) value {
	if a.kind != isNumber || b.kind != isNumber {
		return value{}
	}
	return is
}

func equal(a, b value) bool {
	return a.kind == b.kind && a.truth == b.truth && a.text == b.text && a.number == b.number
}

// present is CUE's a != _|_, and its reverse.
func present(a expr, want bool) expr {
	return func(n *source.Node) value {
		v := a(n)
		if v.kind == isUnknown {
			return v
		}
		return truth((v.kind != isAbsent) == want)
	}
}

func negate(a expr) expr {
	return func(n *source.Node) value {
		v := a(n)
		if v.kind != isBool {
			return value{}
		}
		return truth(!v.truth)
	}
}

// matches is CUE's a =~ "…", and its reverse.
func matches(a expr, m match) expr {
	return func(n *source.Node) value {
		v := a(n)
		if v.kind != isText {
			return value{}
		}
		return truth(m.re().MatchString(v.text) != m.not)
	}
}

// calls are the functions that conditions use.
var calls = map[string]func(args []value) value{
	"len": func(args []value) value {
		if k := args[0].kind; k != isText && k != isList && k != isMap {
			return value{}
		}
		return value{kind: isNumber, number: float64(args[0].size)}
	},
	"strings.HasPrefix": func(args []value) value {
		if args[0].kind != isText || args[1].kind != isText {
			return value{}
		}
		return truth(strings.HasPrefix(args[0].text, args[1].text))
	},
	"list.Contains": func(args []value) value {
		if args[0].kind != isList {
			return value{}
		}
		return truth(contains(args[0].node, args[1]))
	},
}

func contains(n *source.Node, v value) bool {
	if n == nil {
		return false // the literal []
	}
	for _, item := range n.Items {
		if equal(valueOf(item), v) {
			return true
		}
	}
	return false
}

// constant is a literal in a condition.
func constant(l exact) expr {
	n := &source.Node{Kind: l.kind, Text: l.text}
	return func(*source.Node) value { return valueOf(n) }
}
