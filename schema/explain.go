package schema

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// A Field documents one field of a kind, or the kind itself.
type Field struct {
	Path     string   `json:"path"`               // "ServiceEntry.spec.resolution"; items of lists have no step of their own
	Name     string   `json:"name"`               // the last step of the path
	Type     string   `json:"type"`               // "string", "list of strings", "map", …
	Form     string   `json:"form,omitempty"`     // what values look like, where the type has a name, as durations do
	Text     string   `json:"text"`               // what the field means
	Values   []string `json:"values,omitempty"`   // the values that are allowed, where these are all
	Default  string   `json:"default,omitempty"`  // what a field means that is left out, where that does not go without saying
	Required bool     `json:"required,omitempty"` // whether the field may not be left out, whatever the others say
	Fields   []Field  `json:"fields,omitempty"`   // of a map, or of the maps of a list, in the order of the schema; without fields of their own
}

// shortNames are the short names of kinds that kubectl knows.
var shortNames = map[string]string{
	"ap": "AuthorizationPolicy", "dr": "DestinationRule", "gw": "Gateway", "pa": "PeerAuthentication", "ra": "RequestAuthentication",
	"se": "ServiceEntry", "vs": "VirtualService", "we": "WorkloadEntry", "wg": "WorkloadGroup",
}

// Explain documents the field at a path such as serviceentry.spec.resolution, in which upper and lower case are the same and
// positions in lists may be left out. The error says which step is not known, and what is.
func Explain(path string) (Field, error) {
	steps := stepsOf(path)
	if len(steps) == 0 {
		return Field{}, fmt.Errorf("no field is named; the kinds are %s", strings.Join(kindList, ", "))
	}
	kind, err := Kind(steps[0])
	if err != nil {
		return Field{}, err
	}
	d := define("#" + kind)
	at := field{name: kind, text: d.text, term: named{d}}
	path = kind
	for _, step := range steps[1:] {
		if at, err = inner(at, path, step); err != nil {
			return Field{}, err
		}
		path = source.Join(path, at.name)
	}
	f := document(at, path)
	for _, sub := range fieldsOf(at.term) {
		f.Fields = append(f.Fields, document(sub, source.Join(path, sub.name)))
	}
	return f, nil
}

// oneStep is a step of a path: a name, a name in brackets and quotes, or a position in a list.
var oneStep = lazy.Regexp(`\["([^"]*)"\]|\[\d+\]|[^.\[\]]+`)

// stepsOf returns the names in a path.
func stepsOf(path string) []string {
	var steps []string
	for _, found := range oneStep().FindAllStringSubmatch(path, -1) {
		switch {
		case found[1] != "":
			steps = append(steps, found[1])
		case found[0][0] != '[':
			steps = append(steps, found[0])
		}
	}
	return steps
}

// Kind returns a kind by its name, plural or short name, in any case.
func Kind(name string) (string, error) {
	low := strings.ToLower(name)
	if kind := shortNames[low]; kind != "" {
		return kind, nil
	}
	for _, kind := range kindList {
		if k := strings.ToLower(kind); low == k || low == k+"s" || low == strings.TrimSuffix(k, "y")+"ies" {
			return kind, nil
		}
	}
	return "", fmt.Errorf("no kind is called %q; the kinds are %s", name, strings.Join(kindList, ", "))
}

// inner returns the field of a map, or of the maps of a list, that a step names.
func inner(of field, path, step string) (field, error) {
	fields := fieldsOf(of.term)
	var known []string
	for _, f := range fields {
		if strings.EqualFold(f.name, step) {
			return f, nil
		}
		known = append(known, f.name)
	}
	if s := structural(content(of.term)); s != nil && len(s.patterns) > 0 {
		return field{name: step, text: of.text, term: s.patterns[0].value}, nil
	}
	if len(known) == 0 {
		return field{}, fmt.Errorf("%s has no fields", path)
	}
	if near := diag.Nearest(step, known); near != "" {
		return field{}, fmt.Errorf("%s has no field %q; did you mean %q?", path, step, near)
	}
	return field{}, fmt.Errorf("%s has no field %q; it has %s", path, step, strings.Join(known, ", "))
}

// content returns what a list is a list of, or else the term itself.
func content(t term) term {
	for itemOf(t) != nil {
		t = itemOf(t)
	}
	return t
}

// fieldsOf lists the fields of a map, or of the maps of a list or map. Those that are never allowed are left out.
func fieldsOf(t term) []field {
	s := structural(content(t))
	if s == nil {
		return nil
	}
	if len(s.fields) == 0 && len(s.patterns) > 0 {
		return fieldsOf(s.patterns[0].value)
	}
	return slices.DeleteFunc(slices.Clone(s.fields), func(f field) bool { return kindsOf(f.term) == 0 })
}

// document describes a field without its own fields.
func document(f field, path string) Field {
	return Field{
		Path: path, Name: f.name, Type: typeOf(f.term), Form: form(f.term), Text: f.text,
		Values: choices(content(f.term)), Default: f.fallback, Required: f.required,
	}
}

// typeOf words the type of a field.
func typeOf(t term) string {
	if item := itemOf(t); item != nil {
		return "list of " + plural(typeOf(item))
	}
	if s := structural(t); s != nil && len(s.fields) == 0 && len(s.patterns) > 0 {
		return "map of " + plural(typeOf(s.patterns[0].value))
	}
	if kindsOf(t)&numbers != 0 && integral(t) {
		return "integer"
	}
	for _, w := range []struct {
		kinds kinds
		word  string
	}{{maps, "map"}, {lists, "list"}, {strs, "string"}, {numbers, "number"}, {bools, "boolean"}} {
		if kindsOf(t)&^nulls == w.kinds {
			return w.word
		}
	}
	return "value"
}

// integral reports whether a term takes whole numbers only.
func integral(t term) bool {
	switch t := resolve(t).(type) {
	case basic:
		return t.integer
	case exact:
		return whole(t.text)
	case conj:
		return slices.ContainsFunc(t, integral)
	case disj:
		return !slices.ContainsFunc(t, func(part term) bool { return kindsOf(part)&numbers != 0 && !integral(part) })
	}
	return false
}

func plural(word string) string {
	if rest, ok := strings.CutPrefix(word, "list of "); ok {
		return "lists of " + rest
	}
	return word + "s"
}

// form returns what the schema says of a named type that is not a map, such as #Duration.
func form(t term) string {
	t = content(t)
	if structural(t) != nil {
		return ""
	}
	switch t := t.(type) {
	case named:
		return t.text
	case conj:
		return firstForm(t)
	case disj:
		return firstForm(t)
	}
	return ""
}

func firstForm(parts []term) string {
	for _, part := range parts {
		if text := form(part); text != "" {
			return text
		}
	}
	return ""
}
