package schema

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"sem.example/internal/source"
)

// A term is a compiled CUE expression that says of a value whether it fits. It may say no where CUE says yes, but not the reverse.
type term interface {
	accepts(n *source.Node) bool
}

// kinds is a set of kinds of values.
type kinds uint8

const (
	nulls    = kinds(1 << source.Null)
	bools    = kinds(1 << source.Bool)
	numbers  = kinds(1 << source.Number)
	strs     = kinds(1 << source.String)
	lists    = kinds(1 << source.List)
	maps     = kinds(1 << source.Map)
	anything = nulls | bools | numbers | strs | lists | maps
)

func (k kinds) has(kind source.Kind) bool { return k&(1<<kind) != 0 }

// A basic term is one of CUE's types, such as string or int.
type basic struct {
	kinds   kinds
	integer bool // of numbers, whole ones only
}

func (t basic) accepts(n *source.Node) bool {
	return t.kinds.has(n.Kind) && !(t.integer && n.Kind == source.Number && !whole(n.Text))
}

// whole reports whether a number has no fraction, however it is written: 1.0 is 1 to the API server.
func whole(number string) bool {
	_, ok := integer(number)
	return ok
}

// integer returns a number without fraction in digits.
func integer(number string) (string, bool) {
	if !strings.ContainsAny(number, ".eE") {
		return number, true
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) >= 1<<53 {
		return "", false
	}
	return strconv.FormatFloat(v, 'f', 0, 64), true
}

// An exact term is one value.
type exact struct {
	kind source.Kind
	text string
}

func (t exact) accepts(n *source.Node) bool { return n.Kind == t.kind && n.Text == t.text }

// A bound limits a number.
type bound struct {
	op    string // <, <=, >, >= or !=
	limit float64
}

func (t bound) accepts(n *source.Node) bool {
	v, ok := number(n)
	if !ok {
		return false
	}
	switch t.op {
	case "<":
		return v < t.limit
	case "<=":
		return v <= t.limit
	case ">":
		return v > t.limit
	case ">=":
		return v >= t.limit
	}
	return v != t.limit
}

// number reads a number that a float64 holds exactly enough to compare it: up to 15 digits.
func number(n *source.Node) (float64, bool) {
	if n.Kind != source.Number || len(n.Text) > 15 || strings.ContainsAny(n.Text, "eE") {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.Text, 64)
	return v, err == nil
}

// other accepts every text but one.
type other string

func (t other) accepts(n *source.Node) bool { return n.Kind == source.String && n.Text != string(t) }

// A match accepts texts that a regular expression matches, or those that it does not.
type match struct {
	expr string
	not  bool
	re   func() *regexp.Regexp // compiled at first use
}

func newMatch(expr string, not bool) match {
	return match{expr: expr, not: not, re: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

func (t match) accepts(n *source.Node) bool {
	return n.Kind == source.String && t.re().MatchString(n.Text) != t.not
}

// A conj accepts what all of its terms accept: CUE's &.
type conj []term

func (t conj) accepts(n *source.Node) bool {
	for _, part := range t {
		if !part.accepts(n) {
			return false
		}
	}
	return true
}

// A disj accepts what any of its terms accepts: CUE's |.
type disj []term

func (t disj) accepts(n *source.Node) bool {
	for _, part := range t {
		if part.accepts(n) {
			return true
		}
	}
	return false
}

// A never accepts nothing: error("…") and whatever the compiler does not know.
type never struct{ text string }

func (never) accepts(*source.Node) bool { return false }

// A list accepts lists whose items all fit.
type list struct{ item term }

func (t list) accepts(n *source.Node) bool {
	if n.Kind != source.List {
		return false
	}
	for _, item := range n.Items {
		if !t.item.accepts(item) {
			return false
		}
	}
	return true
}

// A named term is a reference to a definition.
type named struct{ *definition }

func (t named) accepts(n *source.Node) bool { return t.compiled().accepts(n) }

// compiled compiles the definition at its first use.
func (d *definition) compiled() term {
	d.once.Do(func() { d.term = compile(d.expr, !strings.HasPrefix(d.name, "#")) })
	return d.term
}

// A measured term is a text of which a number is computed, and limited: {string, #ns: time.ParseDuration(X), #ns: >=1}.
type measured struct {
	text    term
	measure func(string) (int64, bool)
	limits  term
}

func (t measured) accepts(n *source.Node) bool {
	if !t.text.accepts(n) {
		return false
	}
	v, ok := t.measure(n.Text)
	return ok && t.limits.accepts(&source.Node{Kind: source.Number, Text: strconv.FormatInt(v, 10)})
}
