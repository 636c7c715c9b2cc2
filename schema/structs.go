package schema

import (
	"cuelang.org/go/cue/ast"

	"sem.example/internal/source"
)

// A structure accepts maps: CUE's struct.
type structure struct {
	fields   []field
	patterns []patternConstraint
	guards   []guard
	hidden   map[string]expr     // the fields that begin with _, which only guards read
	meanings map[string]ast.Expr // what these are compiled from
	demands  map[string]string   // hidden fields that are required, so that no map is accepted, with the words that say why
	open     bool                // whether further fields are allowed: always in a guard, which only adds constraints
	index    map[string]int      // of fields, by name
}

// A field is a named field of a structure.
type field struct {
	name     string
	text     string // its comment
	required bool
	given    bool // required, but CUE fills it in where a file leaves it out: kind and apiVersion
	term     term
	fallback string // what @default says: the meaning of a field that is left out
	missing  string // what @missing says: the finding's words when a required field is left out
}

// A patternConstraint is a constraint on all fields whose name fits: [#Label]: string.
type patternConstraint struct{ key, value term }

// A guard is a constraint that holds under a condition: if _mode == "SIMPLE" {…}.
type guard struct {
	holds expr
	when  []ast.Expr // what holds is compiled from; all of them hold
	then  *structure
}

func (t *structure) accepts(n *source.Node) bool {
	if n.Kind != source.Map || len(t.demands) > 0 {
		return false
	}
	for i := range n.Fields {
		if !t.acceptsField(&n.Fields[i]) {
			return false
		}
	}
	for i := range t.fields {
		if f := &t.fields[i]; f.required && !f.given && n.Get(f.name) == nil {
			return false
		}
	}
	return t.acceptsGuarded(n)
}

func (t *structure) acceptsField(f *source.Field) bool {
	known := t.open
	if i, ok := t.index[f.Key]; ok {
		known = true
		if !t.fields[i].term.accepts(f.Value) {
			return false
		}
	}
	for _, p := range t.patterns {
		if p.key.accepts(&source.Node{Kind: source.String, Text: f.Key}) {
			known = true
			if !p.value.accepts(f.Value) {
				return false
			}
		}
	}
	return known
}

func (t *structure) acceptsGuarded(n *source.Node) bool {
	for _, g := range t.guards {
		switch holds := g.holds(n); {
		case holds.kind != isBool:
			return false
		case holds.truth && !g.then.accepts(n):
			return false
		}
	}
	return true
}

// add appends a field, or narrows down the one that is there already.
func (t *structure) add(f field) {
	i, ok := t.index[f.name]
	if !ok {
		if t.index == nil {
			t.index = map[string]int{}
		}
		t.index[f.name] = len(t.fields)
		t.fields = append(t.fields, f)
		return
	}
	have := &t.fields[i]
	have.required, have.given = have.required || f.required, have.given || f.given
	have.term = both(have.term, f.term)
	for _, s := range []struct{ to, from *string }{{&have.text, &f.text}, {&have.fallback, &f.fallback}, {&have.missing, &f.missing}} {
		if *s.to == "" {
			*s.to = *s.from
		}
	}
}

// merge returns a structure that accepts what both accept, if the names that one of them adds are allowed by neither or both:
// the schema never widens a definition that it refers to.
func merge(a, b *structure) *structure {
	m := &structure{open: a.open && b.open, hidden: map[string]expr{}, meanings: map[string]ast.Expr{}}
	for _, s := range []*structure{a, b} {
		for _, f := range s.fields {
			m.add(f)
		}
		m.patterns = append(m.patterns, s.patterns...)
		m.guards = append(m.guards, s.guards...)
		for name, e := range s.hidden {
			m.hidden[name] = e
		}
		for name, e := range s.meanings {
			m.meanings[name] = e
		}
	}
	return m
}

// both returns a term that accepts what two terms accept. Structures are merged, for only together they know all fields.
func both(a, b term) term {
	var parts conj
	var whole term // the structures
	for _, t := range append(flat(a), flat(b)...) {
		s, ok := resolve(t).(*structure)
		switch {
		case !ok:
			parts = append(parts, t)
		case whole == nil:
			whole = t
		default:
			whole = merge(resolve(whole).(*structure), s)
		}
	}
	if whole != nil {
		parts = append(parts, whole)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return parts
}

// flat returns the parts of a conjunction, those of definitions that are conjunctions included.
func flat(t term) conj {
	c, ok := resolve(t).(conj)
	if !ok {
		return conj{t}
	}
	var parts conj
	for _, part := range c {
		parts = append(parts, flat(part)...)
	}
	return parts
}

// resolve follows references to definitions.
func resolve(t term) term {
	for {
		n, ok := t.(named)
		if !ok {
			return t
		}
		t = n.compiled()
	}
}
