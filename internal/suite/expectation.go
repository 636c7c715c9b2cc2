package suite

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"sem.example/internal/automaton"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// expectation reads what a trace should be, or should not be.
func (r *reader) expectation(n *source.Node) *pattern {
	if n.Kind != source.Map {
		r.fault(n.Range, "an expectation is a map of fields of the trace, not a %s", n.Kind)
		return nil
	}
	p := &pattern{node: n, is: object}
	for _, f := range n.Fields {
		r.entry(p, f, new(simulate.Trace).Value, slices.Concat(jsonNames(reflect.TypeFor[simulate.Trace]()), jsonNames(reflect.TypeFor[simulate.Hop]())))
	}
	return p
}

// entry adds a field to an object pattern. The key may be dotted, as in tls.mode.
func (r *reader) entry(p *pattern, f source.Field, value lookup, known []string) {
	name := r.key(f)
	keys := []string{name}
	v, err := value(keys...)
	if dotted := strings.Split(name, "."); err != nil && len(dotted) > 1 {
		keys = dotted
		v, err = value(keys...)
	}
	if err != nil {
		r.fault(f.Range, "a trace has no field %q here: %s", name, among(name, known))
		return
	}
	if want := r.pattern(f.Value, v); want != nil {
		p.fields = append(p.fields, entry{name: name, keys: keys, key: f.Range, want: want})
	}
}

// pattern reads what a value should be; v is a value of its type.
func (r *reader) pattern(n *source.Node, v reflect.Value) *pattern {
	if p, is := r.operator(n, v); is {
		return p
	}
	p := &pattern{node: n}
	switch {
	case n.Kind == source.Null:
		p.is = absent
	case n.Kind == source.Map && (v.Kind() == reflect.Struct || v.Kind() == reflect.Map):
		p.is = object
		for _, f := range n.Fields {
			r.entry(p, f, within(v), members(v))
		}
	case n.Kind == source.List && v.Kind() == reflect.Slice:
		p.is = list
		for _, item := range n.Items {
			p.items = append(p.items, r.pattern(item, element(v)))
		}
	case n.Kind < source.List && v.Kind() != reflect.Struct && v.Kind() != reflect.Map && v.Kind() != reflect.Slice:
		p.text = r.doc.ScalarText(n)
		r.fits(n, p.text, v)
	default:
		r.fault(n.Range, "this field is a %s, not a %s", valueWord(v), n.Kind)
		return nil
	}
	return p
}

// fits reports a scalar that a field can never have.
func (r *reader) fits(n *source.Node, text string, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[simulate.Verdict]():
		if !slices.Contains(simulate.Verdicts, simulate.Verdict(text)) {
			r.fault(n.Range, "there is no verdict %q: %s", text, among(text, words(simulate.Verdicts)))
		}
	case v.Kind() == reflect.Bool && n.Kind != source.Bool, number(v) && n.Kind != source.Number:
		r.fault(n.Range, "this field is a %s, not %q", valueWord(v), text)
	}
}

// operator reads {regex: ...}, {absent: true} and {contains: ...}. It reports whether the map is one of them.
func (r *reader) operator(n *source.Node, v reflect.Value) (*pattern, bool) {
	if n.Kind != source.Map || len(n.Fields) != 1 {
		return nil, false
	}
	f := n.Fields[0]
	switch {
	case f.Key == "regex" && v.Kind() != reflect.Struct && v.Kind() != reflect.Map:
		return r.regex(n, f.Value), true
	case f.Key == "absent" && (v.Kind() != reflect.Map || f.Value.Kind == source.Bool): // a header could have the name
		p := &pattern{node: n, is: absent}
		if !r.boolean(f.Value, "absent") {
			p.is = present
		}
		return p, true
	case f.Key == "contains" && v.Kind() == reflect.Slice:
		p := &pattern{node: n, is: contains}
		for _, item := range alternatives(f.Value) {
			if want := r.pattern(item, element(v)); want != nil {
				p.items = append(p.items, want)
			}
		}
		return p, true
	}
	return nil, false
}

func (r *reader) regex(n, value *source.Node) *pattern {
	p := &pattern{node: n, is: regex, text: r.scalar(value, "regex")}
	whole, err := automaton.Whole(p.text)
	if err == nil {
		p.expr, err = regexp.Compile(whole)
	}
	if err != nil {
		r.fault(value.Range, "the regular expression is not valid RE2: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	return p
}

func words(verdicts []simulate.Verdict) []string {
	var out []string
	for _, v := range verdicts {
		out = append(out, string(v))
	}
	return out
}
