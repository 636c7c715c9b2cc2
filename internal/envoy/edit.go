package envoy

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

// Edit calls f for every message within m, the innermost first and m itself last, so that f may change them in place.
// It reaches into extensions too: the message that an Any carries is unpacked, edited and packed again. An Any of a
// type that is not compiled into sem is given to f as it is.
func Edit(m proto.Message, f func(proto.Message)) {
	edit(m.ProtoReflect(), f)
}

func edit(m protoreflect.Message, f func(proto.Message)) {
	if config, ok := m.Interface().(*anypb.Any); ok {
		editAny(config, f)
		return
	}
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case field.IsMap() && field.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				edit(v.Message(), f)
				return true
			})
		case field.IsList() && field.Message() != nil:
			for i := range v.List().Len() {
				edit(v.List().Get(i).Message(), f)
			}
		case !field.IsMap() && field.Message() != nil:
			edit(v.Message(), f)
		}
		return true
	})
	f(m.Interface())
}

func editAny(config *anypb.Any, f func(proto.Message)) {
	inner, err := config.UnmarshalNew()
	if err != nil {
		f(config)
		return
	}
	edit(inner.ProtoReflect(), f)
	// The message was unpacked from bytes, so it can be packed.
	if packed, err := (proto.MarshalOptions{Deterministic: true}).Marshal(inner); err == nil {
		config.Value = packed
	}
}
