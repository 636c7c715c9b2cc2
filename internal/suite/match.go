package suite

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"sem.example/internal/source"
	"sem.example/simulate"
)

// A Failure is an expectation that a trace does not meet.
type Failure struct {
	At    source.Range // where it is written
	Field string       // of the trace document
	Want  string
	Got   string
	Step  *simulate.Step // the decision behind what the trace has; nil where there is none
	Proxy simulate.Proxy // whose decision it is

	key  source.Range  // of the field that says so; unknown for an item of a list
	node *source.Node  // what an update replaces; nil where it cannot
	got  reflect.Value // what it writes
	like *pattern      // and how much of that
}

// misses adds a failure for each part of an object pattern that is not so.
func (p *pattern) misses(t *simulate.Trace, value lookup, path string, out []Failure) []Failure {
	for _, e := range p.fields {
		v, _ := value(e.keys...)
		at := dotted(path, e.name)
		switch {
		case e.want.is == object:
			out = e.want.misses(t, within(v), at, out)
		case e.want.is == list && v.Len() == len(e.want.items):
			for i, item := range e.want.items {
				out = item.misfits(t, v, i, at, out)
			}
		case !e.want.met(v):
			out = append(out, e.want.failure(v, at, e.key))
		}
	}
	return out
}

// misfits adds the failures of the i-th element of a list.
func (p *pattern) misfits(t *simulate.Trace, list reflect.Value, i int, path string, out []Failure) []Failure {
	at := dotted(path, strconv.Itoa(i))
	v, _ := simulate.Below(list, strconv.Itoa(i))
	if p.is == object {
		return p.misses(t, within(v), at, out)
	}
	if p.met(v) {
		return out
	}
	return append(out, p.failure(v, at, source.Range{}))
}

// failure says that a value is not as the pattern says.
func (p *pattern) failure(v reflect.Value, path string, key source.Range) Failure {
	f := Failure{At: p.node.Range, Field: path, Want: p.String(), Got: p.shown(v), key: key, node: p.node, got: v, like: p}
	if p.is == contains {
		f.key, f.node = p.node.Fields[0].Range, p.node.Fields[0].Value
	}
	return f
}

// hits adds a failure for each part of an object pattern that is so.
func (p *pattern) hits(value lookup, path string, out []Failure) []Failure {
	for _, e := range p.fields {
		v, _ := value(e.keys...)
		at := dotted(path, e.name)
		switch {
		case e.want.is == object:
			out = e.want.hits(within(v), at, out)
		case e.want.met(v):
			out = append(out, Failure{At: e.want.node.Range, Field: at, Want: "not " + e.want.String(), Got: e.want.shown(v)})
		}
	}
	return out
}

func dotted(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// met reports whether a value is as the pattern says.
func (p *pattern) met(v reflect.Value) bool {
	switch p.is {
	case exact:
		return equal(p.text, p.node.Kind, v)
	case regex:
		return p.expr.MatchString(simulate.Text(v))
	case absent:
		return unset(v)
	case present:
		return !unset(v)
	case object:
		return len(p.misses(nil, within(v), "", nil)) == 0
	case list:
		return v.Len() == len(p.items) && p.all(v)
	}
	return p.some(v)
}

// all reports whether each item is what the list has in its place.
func (p *pattern) all(v reflect.Value) bool {
	for i, item := range p.items {
		if e, _ := simulate.Below(v, strconv.Itoa(i)); !item.met(e) {
			return false
		}
	}
	return true
}

// some reports whether the list has an element for each item.
func (p *pattern) some(v reflect.Value) bool {
	for _, item := range p.items {
		found := false
		for i := 0; i < v.Len() && !found; i++ {
			e, _ := simulate.Below(v, strconv.Itoa(i))
			found = item.met(e)
		}
		if !found {
			return false
		}
	}
	return true
}

// nearly is how far a fraction may be from what is wanted: half of a tenth of a percent, so that 0.333 is a third.
const nearly = 0.0005

// equal compares a scalar.
func equal(text string, kind source.Kind, v reflect.Value) bool {
	if kind != source.Number || !v.CanFloat() {
		return text == simulate.Text(v)
	}
	want, err := strconv.ParseFloat(text, 64)
	return err == nil && math.Abs(want-v.Float()) <= nearly
}

// String is the pattern as a failure shows it.
func (p *pattern) String() string {
	switch p.is {
	case exact:
		return quoted(p.text)
	case regex:
		return "what fits " + p.text
	case absent:
		return "nothing"
	case present:
		return "anything"
	case contains:
		return "a list with " + p.inBrackets()
	case list:
		return p.inBrackets()
	}
	var parts []string
	for _, e := range p.fields {
		parts = append(parts, e.name+": "+e.want.String())
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (p *pattern) inBrackets() string {
	var parts []string
	for _, item := range p.items {
		parts = append(parts, item.String())
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// shown is a value as a failure shows it, of objects as much as the pattern speaks of.
func (p *pattern) shown(v reflect.Value) string {
	switch {
	case unset(v) && !number(v) && v.Kind() != reflect.Bool:
		return "nothing"
	case v.Kind() >= reflect.Array && v.Kind() != reflect.String:
		return flow(v, p)
	}
	return quoted(simulate.Text(v))
}

// quoted puts quotes around a text that would not be seen, or not be told from its surroundings.
func quoted(text string) string {
	if text == "" || text != strings.TrimSpace(text) || strings.ContainsAny(text, "\n\t") {
		return strconv.Quote(text)
	}
	return text
}
