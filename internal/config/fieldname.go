package config

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"sem.example/internal/source"
)

// FieldName returns the full name in Istio's API of the field at a path of an object; "" where the API has none.
func (o *Object) FieldName(path string) string {
	m, ok := o.Spec.(proto.Message)
	steps := source.Steps(path)
	if !ok || len(steps) < 2 || steps[0].Key != "spec" {
		return ""
	}
	in, name := m.ProtoReflect().Descriptor(), ""
	for _, step := range steps[1:] {
		if step.Key == "" {
			continue // an item of the list
		}
		if in == nil {
			return ""
		}
		f := in.Fields().ByJSONName(step.Key)
		if f == nil {
			return ""
		}
		in, name = inside(f), string(f.FullName())
	}
	return name
}

// inside is the message that a field has, or has a list of; nil for other fields, and for maps, whose keys are not fields.
func inside(f protoreflect.FieldDescriptor) protoreflect.MessageDescriptor {
	if f.IsMap() {
		return nil
	}
	return f.Message()
}
