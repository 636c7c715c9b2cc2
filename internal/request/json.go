package request

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strings"

	"sem.example/internal/diag"
	"sem.example/simulate"
)

// JSON reads a request in the form of the trace document's "call"; proxy is who makes it where the request does not say. A field
// that no request has is an error with the name that is nearest, for an answer that passes over it would be about another request.
func JSON(line []byte, proxy simulate.Proxy) (simulate.Call, error) {
	call := simulate.Call{Proxy: proxy}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&call); err != nil {
		return call, fmt.Errorf("this line is not a request: %w", worded(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return call, errors.New("this line is not a request: there is text after the request")
	}
	switch _, err := netip.ParseAddr(call.Source); {
	case call.Source != "" && err != nil:
		return call, fmt.Errorf("this line is not a request: source %q is not an IP address", call.Source)
	case strings.ContainsAny(call.Address, "/ \t\r\n") && !strings.HasPrefix(call.Address, "unix://"):
		return call, fmt.Errorf("this line is not a request: address %q is neither an IP address nor the name of a host", call.Address)
	}
	return call, nil
}

// ID is the id of a line that is not a request, "" where it cannot be read.
func ID(line []byte) string {
	var only struct{ ID string }
	_ = json.Unmarshal(line, &only) // whatever else is wrong has been reported
	return only.ID
}

// worded is an error about a field in the words of the user.
func worded(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s: want %s, not %s", wrong.Field, kindText(wrong.Type), wrong.Value)
	}
	name, found := strings.CutPrefix(err.Error(), "json: unknown field ")
	if !found {
		return err
	}
	name = strings.Trim(name, `"`)
	known := append(fieldsOf(reflect.TypeFor[simulate.Call]()), fieldsOf(reflect.TypeFor[simulate.Proxy]())...)
	if near := diag.Nearest(name, known); near != "" {
		return fmt.Errorf("a request has no field %q: did you mean %q?", name, near)
	}
	return fmt.Errorf("a request has no field %q: use %s", name, strings.Join(known, ", "))
}

// kindText names a type as JSON does.
func kindText(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list, such as [\"a\"]"
	case reflect.Map, reflect.Struct, reflect.Pointer:
		return "an object"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// fieldsOf are the names of a struct's fields in JSON.
func fieldsOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
