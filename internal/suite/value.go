package suite

import (
	"reflect"
	"strconv"
	"strings"

	"sem.example/simulate"
)

// A lookup gives the value that keys lead to.
type lookup func(keys ...string) (reflect.Value, error)

func within(v reflect.Value) lookup {
	return func(keys ...string) (reflect.Value, error) { return simulate.Below(v, keys...) }
}

// unset reports whether a field of the trace document is empty or not there.
func unset(v reflect.Value) bool {
	return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

// number reports whether a value is a number.
func number(v reflect.Value) bool { return v.CanInt() || v.CanUint() || v.CanFloat() }

// scalar reports whether a value is a text, a number or a boolean.
func scalar(v reflect.Value) bool {
	return number(v) || v.Kind() == reflect.String || v.Kind() == reflect.Bool
}

// jsonNames are those that the fields of a struct have in JSON.
func jsonNames(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "-" {
			out = append(out, name)
		}
	}
	return out
}

// members are the names of the fields that a struct has.
func members(v reflect.Value) []string {
	if v.Kind() == reflect.Struct {
		return jsonNames(v.Type())
	}
	return nil
}

// element is a value of the type that the elements of a list have.
func element(v reflect.Value) reflect.Value {
	e, _ := simulate.Below(v, strconv.Itoa(v.Len()))
	return e
}

func valueWord(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		return "map"
	case reflect.Slice:
		return "list"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "boolean"
	}
	return "number"
}
