package envoy

import (
	"encoding/json"
	"fmt"
	"strings"

	annotations "github.com/envoyproxy/go-control-plane/envoy/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/anypb"
)

// UnknownField names a field of the JSON object of a message that the message does not have; "" where it has all.
func UnknownField(object map[string]any, m proto.Message) string {
	text, err := json.Marshal(opaque(object))
	if err != nil {
		return ""
	}
	err = protojson.Unmarshal(text, m)
	if err == nil {
		return ""
	}
	_, name, found := strings.Cut(err.Error(), "unknown field ")
	if !found {
		return ""
	}
	return strings.Trim(name, `"`)
}

// Violation is what breaks the constraints of a message or of an extension in it, or nil.
func Violation(m proto.Message) error {
	if v, ok := m.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return err
		}
	}
	var first error
	walk(m.ProtoReflect(), func(packed *anypb.Any) {
		inner, err := packed.UnmarshalNew()
		if err != nil || first != nil {
			return // of a type that is not known here
		}
		if err := Violation(inner); err != nil {
			first = fmt.Errorf("%s: %w", inner.ProtoReflect().Descriptor().Name(), err)
		}
	}, nil)
	return first
}

// A DeprecatedField is a field that is set and that Envoy is going to remove.
type DeprecatedField struct {
	Name    string
	Refused bool // unless the proxy's runtime allows it
}

// DeprecatedFields are the deprecated fields that a message, or an extension in it, sets.
func DeprecatedFields(m proto.Message) []DeprecatedField {
	var out []DeprecatedField
	walk(m.ProtoReflect(), func(packed *anypb.Any) {
		if inner, err := packed.UnmarshalNew(); err == nil {
			out = append(out, DeprecatedFields(inner)...)
		}
	}, func(f protoreflect.FieldDescriptor) {
		options, _ := f.Options().(*descriptorpb.FieldOptions)
		if options.GetDeprecated() {
			refused, _ := proto.GetExtension(options, annotations.E_DisallowedByDefault).(bool)
			out = append(out, DeprecatedField{string(f.Name()), refused})
		}
	})
	return out
}

// walk visits the fields that a message and those in it set, and the packed messages.
func walk(m protoreflect.Message, packed func(*anypb.Any), field func(protoreflect.FieldDescriptor)) {
	if a, ok := m.Interface().(*anypb.Any); ok {
		packed(a)
		return
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if field != nil {
			field(f)
		}
		switch {
		case f.IsMap():
			if f.MapValue().Message() != nil {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
					walk(v.Message(), packed, field)
					return true
				})
			}
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				walk(v.List().Get(i).Message(), packed, field)
			}
		default:
			walk(v.Message(), packed, field)
		}
		return true
	})
}
