package decision

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Field returns a field of the trace document as text: "" where it is not set, the elements of a list joined by commas,
// JSON for an object. The path is dotted ("tls.mode", "endpoints.0.address", "hops.1.cluster"); what does not begin with
// a field of the document itself is one of the first hop. The error is for a path that no trace has.
func (t *Trace) Field(path string) (string, error) {
	v, err := t.Value(strings.Split(path, ".")...)
	if err != nil {
		return "", fmt.Errorf("a trace has no field %q: %w", path, err)
	}
	return Text(v), nil
}

// Value returns a field of the trace document, or of its first hop, by the keys that lead to it. A field that is not set is
// the zero value of its type.
func (t *Trace) Value(keys ...string) (reflect.Value, error) {
	from := reflect.ValueOf(*t)
	if _, ok := member(from.Type(), keys[0]); !ok {
		from = reflect.ValueOf(Hop{})
		if len(t.Hops) > 0 {
			from = reflect.ValueOf(t.Hops[0])
		}
	}
	return Below(from, keys...)
}

// Below follows keys into a value of the trace document. What is not there is the zero value of its type, so that the rest
// of the keys is checked all the same.
func Below(v reflect.Value, keys ...string) (reflect.Value, error) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v = reflect.Zero(v.Type().Elem())
		} else {
			v = v.Elem()
		}
	}
	if len(keys) == 0 {
		return v, nil
	}
	next, err := inside(v, keys[0])
	if err != nil {
		return v, err
	}
	return Below(next, keys[1:]...)
}

// inside is a member, an element or an entry of a value.
func inside(v reflect.Value, key string) (reflect.Value, error) {
	switch v.Kind() {
	case reflect.Struct:
		if i, ok := member(v.Type(), key); ok {
			return v.Field(i), nil
		}
		return v, fmt.Errorf("%q is not one of %s", key, strings.Join(members(v.Type()), ", "))
	case reflect.Slice:
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 {
			return v, fmt.Errorf("%q is not a list index: count from 0", key)
		}
		if i < v.Len() {
			return v.Index(i), nil
		}
		return reflect.Zero(v.Type().Elem()), nil
	case reflect.Map:
		if entry := v.MapIndex(reflect.ValueOf(key)); entry.IsValid() {
			return entry, nil
		}
		return reflect.Zero(v.Type().Elem()), nil
	}
	return v, fmt.Errorf("there is nothing below it to name %q", key)
}

// member is the index of the field that JSON calls by a name.
func member(t reflect.Type, name string) (int, bool) {
	i := slices.Index(members(t), name)
	return i, i >= 0
}

// members are the names of a struct's fields in JSON.
func members(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			break // what JSON leaves out comes last
		}
		names = append(names, name)
	}
	return names
}

// Text is a value of the trace document as text: "" where it is not set, the elements of a list joined by commas, JSON for
// an object.
func Text(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		if v.IsZero() {
			return ""
		}
		text, _ := json.Marshal(v.Interface())
		return string(text)
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			element, _ := Below(v.Index(i))
			parts = append(parts, Text(element))
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v.Interface())
}
