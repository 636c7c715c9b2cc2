package envoy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/golang/protobuf/jsonpb"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var lenient = protojson.UnmarshalOptions{DiscardUnknown: true}

// A message is filled from a stream field by field. An element of a list of messages, such as one virtual host of a route
// table, is read by itself, because a list may be most of a dump.
type message struct {
	in    jsonStream
	share func(protoreflect.Message)
	into  protoreflect.Message
	own   []byte // the object of all the other fields
	fault error  // the first element that cannot be read
}

// field reads the value of a field.
func (m *message) field(key string) error {
	switch f := m.list(key); {
	case key == "@type":
		return m.in.skip()
	case f != nil:
		return m.elements(f)
	}
	text, err := m.in.raw()
	if err != nil {
		return err
	}
	name, err := json.Marshal(key)
	if len(m.own) > 1 {
		m.own = append(m.own, ',')
	}
	m.own = append(append(append(m.own, name...), ':'), text...)
	return err
}

// list returns the field of a name that is a list of messages, or nil.
func (m *message) list(key string) protoreflect.FieldDescriptor {
	fields := m.into.Descriptor().Fields()
	f := cmp.Or(fields.ByJSONName(key), fields.ByTextName(key))
	if f == nil || !f.IsList() || f.Message() == nil {
		return nil
	}
	return f
}

func (m *message) elements(f protoreflect.FieldDescriptor) error {
	to := m.into.Mutable(f).List()
	isList, err := m.in.array(func() error {
		text, err := m.in.raw()
		if err != nil || m.fault != nil {
			return err
		}
		element := to.NewElement()
		if err := unmarshal(text, element.Message().Interface()); err != nil {
			m.fault = fmt.Errorf("%s: %w", f.JSONName(), err)
			return nil
		}
		m.share(element.Message())
		to.Append(element)
		return nil
	})
	if err == nil && !isList && m.fault == nil {
		m.fault = fmt.Errorf("%s: not a list", f.JSONName())
	}
	return err
}

// unmarshalRest reads the other fields, and returns why the message cannot be read.
func (m *message) unmarshalRest() error {
	if m.fault != nil {
		return m.fault
	}
	rest := m.into.New()
	if err := unmarshal(append(m.own, '}'), rest.Interface()); err != nil {
		return err
	}
	m.share(rest)
	rest.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		m.into.Set(f, v)
		return true
	})
	return nil
}

// name is the name that the resource gives itself.
func (m *message) name() any {
	var own map[string]any
	if json.Unmarshal(append(m.own, '}'), &own) != nil {
		return ""
	}
	return cmp.Or(own["name"], own["cluster_name"], own["clusterName"])
}

// unmarshal fills a message from its text. The tree that wraps unknown extensions takes many times the size of the text, so
// it is made only where the text cannot be read without.
func unmarshal(text []byte, into proto.Message) error {
	if lenient.Unmarshal(text, into) == nil {
		return nil
	}
	proto.Reset(into)
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return err
	}
	return Read(object, into)
}

// Read fills a message from the JSON object that writes it, which it may change. Unknown fields are ignored. An extension
// of a type that sem has no message for is kept as it is, wrapped in a TypedStruct.
func Read(object map[string]any, into proto.Message) error {
	text, err := json.Marshal(opaque(object))
	if err != nil {
		return err
	}
	return lenient.Unmarshal(text, into)
}

// ReadWritten is [Read] for what a user writes in an EnvoyFilter. It is read by the library with which istiod reads it: durations may
// have any unit of Go, such as 500ms, and an unknown name of an enum's value is an error.
func ReadWritten(object map[string]any, into proto.Message) error {
	text, err := json.Marshal(opaque(object))
	if err != nil {
		return err
	}
	as := jsonpb.Unmarshaler{AllowUnknownFields: true}
	return as.Unmarshal(bytes.NewReader(text), protoadapt.MessageV1Of(into))
}
