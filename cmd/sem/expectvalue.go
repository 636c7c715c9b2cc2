package main

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/simulate"
)

// closedValues are the values of the fields of a trace, or of a hop, that have a closed list, by their path; "" is a field that is not
// set.
var closedValues = map[string][]string{
	"verdict":                {},
	"direction":              {"outbound", "inbound", "gateway"},
	"proxy.type":             {"sidecar", "gateway"},
	"tls.mode":               {"", "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"},
	"tls.originatedBy":       {"", "proxy", "application", "none"},
	"destination.resolution": {"", "DNS", "STATIC", "EDS", "ORIGINAL_DST", "DYNAMIC_DNS"},
	"call.protocol":          {"http", "http2", "tcp"},
	"call.tls":               {"plaintext", "tls", "mtls"},
	"protocol":               {"", "http/1.1", "http/2"},
	"kind":                   {"Trace"},
	"apiVersion":             {"sem/v1"},
}

func init() {
	for _, v := range simulate.Verdicts {
		closedValues["verdict"] = append(closedValues["verdict"], string(v))
	}
}

// possible returns why no trace meets an expectation, or nil: its field does not exist, or can have no such value.
func (e expectation) possible() error {
	keys := strings.Split(e.field, ".")
	v, err := (&simulate.Trace{}).Value(keys...)
	if err != nil {
		if near := diag.Nearest(keys[len(keys)-1], traceFields()); near != "" {
			return fmt.Errorf("--expect: a trace has no field %q: did you mean %q?", e.field, near)
		}
		return fmt.Errorf("--expect: a trace has no field %q: %w", e.field, err)
	}
	switch v.Kind() {
	case reflect.Bool:
		return e.among([]string{"true", "false"})
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint32, reflect.Uint64, reflect.Float64:
		if _, err := strconv.ParseFloat(e.want, 64); err != nil {
			return fmt.Errorf("--expect: %s is a number, and %q is not", e.field, e.want)
		}
		return nil
	}
	path := strings.TrimPrefix(elements().ReplaceAllString(e.field, ""), "hops.")
	if end := strings.Split(path, "."); end[len(end)-1] == "verdict" { // of branches and endpoints as well
		return e.among(append([]string{""}, closedValues["verdict"]...))
	}
	if values := closedValues[path]; values != nil {
		return e.among(values)
	}
	return nil
}

// elements are the places of lists in a path.
var elements = lazy.Regexp(`\.[0-9]+`)

// among returns an error with the nearest value where an expectation has none of a closed list.
func (e expectation) among(values []string) error {
	if slices.Contains(values, e.want) {
		return nil
	}
	if near := diag.Nearest(strings.ToUpper(e.want), values); near != "" {
		return fmt.Errorf("--expect: %s is never %q: did you mean %s?", e.field, e.want, near)
	}
	if near := diag.Nearest(e.want, values); near != "" {
		return fmt.Errorf("--expect: %s is never %q: did you mean %s?", e.field, e.want, near)
	}
	return fmt.Errorf("--expect: %s is never %q: use %s", e.field, e.want, anyOf(slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })))
}

// traceFields are the names of fields of the trace document, at every depth.
func traceFields() []string {
	var names []string
	seen := map[reflect.Type]bool{}
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			names = append(names, name)
			add(t.Field(i).Type)
		}
	}
	add(reflect.TypeFor[simulate.Trace]())
	return names
}
