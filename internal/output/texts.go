package output

import (
	"reflect"

	"sem.example/simulate"
)

// texts returns a copy of a value with each of its strings, keys of maps included, replaced by what change makes of it. What the
// value holds is data: it has no unexported fields and no cycles.
func texts[T any](value T, change func(string) string) T {
	return copied(reflect.ValueOf(&value).Elem(), change).Interface().(T)
}

// quoted is a trace whose strings are quoted, for the formats that are read as text.
func quoted(t *simulate.Trace) *simulate.Trace { return texts(t, Quote) }

func copied(v reflect.Value, change func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(change(v.String()))
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return out
		}
		inner := copied(v.Elem(), change)
		if v.Kind() == reflect.Interface {
			out.Set(inner)
			return out
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(inner)
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i), change))
		}
	case reflect.Map:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for each := v.MapRange(); each.Next(); {
			out.SetMapIndex(copied(each.Key(), change), copied(each.Value(), change))
		}
	case reflect.Struct:
		out.Set(v) // with what other packages keep to themselves, such as the bytes of an address
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copied(v.Field(i), change))
			}
		}
	default:
		out.Set(v)
	}
	return out
}
