package patch

import (
	"errors"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	"sem.example/internal/envoy"
)

// A merging is how one message is merged into another of its type. It is that of proto.Merge but for durations, which are
// replaced as a whole: a duration of "5s" merged into one of "0.5s" is 5s, not 5.5s.
type merging struct {
	replaceLists bool // lists of the patch replace those of the resource instead of being appended
}

var duration = (&durationpb.Duration{}).ProtoReflect().Descriptor().FullName()

// message merges src into dst, which must be of one type.
func (m merging) message(dst, src protoreflect.Message) {
	src.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case field.IsList():
			m.list(dst.Mutable(field).List(), v.List())
		case field.IsMap():
			m.entries(dst.Mutable(field).Map(), v.Map())
		case field.Message() == nil:
			dst.Set(field, copied(v))
		case field.Message().FullName() == duration:
			dst.Set(field, copied(v))
		default:
			m.message(dst.Mutable(field).Message(), v.Message())
		}
		return true
	})
	if unknown := src.GetUnknown(); len(unknown) > 0 {
		dst.SetUnknown(append(slices.Clip(dst.GetUnknown()), unknown...))
	}
}

func (m merging) list(dst, src protoreflect.List) {
	if m.replaceLists {
		dst.Truncate(0)
	}
	for i := range src.Len() {
		dst.Append(copied(src.Get(i)))
	}
}

// entries puts the entries of a map in place of those of the same key: they are not merged with them.
func (m merging) entries(dst, src protoreflect.Map) {
	src.Range(func(key protoreflect.MapKey, v protoreflect.Value) bool {
		dst.Set(key, copied(v))
		return true
	})
}

// copied is a value that shares nothing with the patch that it comes from.
func copied(v protoreflect.Value) protoreflect.Value {
	switch x := v.Interface().(type) {
	case protoreflect.Message:
		return protoreflect.ValueOfMessage(proto.Clone(x.Interface()).ProtoReflect())
	case []byte:
		return protoreflect.ValueOfBytes(slices.Clone(x))
	}
	return v
}

// merge merges the patch's value into a resource of the same type, in place.
func (p *Patch) merge(into proto.Message) {
	how := merging{replaceLists: p.Operation == mergeAndReplaceList}
	how.message(into.ProtoReflect(), p.value.ProtoReflect())
}

// errAbandoned is returned where istiod gives up on a group of listeners: the types of a filter and of a patch differ.
var errAbandoned = errors.New("the types of the filter and of the patch differ")

// mergeConfig returns the configuration of an extension with that of a patch merged into it. Lists are always appended
// within it. It returns nil where one of the two cannot be read, and errAbandoned where their types differ.
func mergeConfig(now, patch *anypb.Any) (*anypb.Any, error) {
	if envoy.TypeOf(now) != envoy.TypeOf(patch) || now.GetTypeUrl() != patch.GetTypeUrl() {
		return nil, errAbandoned
	}
	dst, err := now.UnmarshalNew()
	if err != nil {
		return nil, nil
	}
	src, err := patch.UnmarshalNew()
	if err != nil {
		return nil, nil
	}
	merging{}.message(dst.ProtoReflect(), src.ProtoReflect())
	return packed(dst), nil
}

// packed is a message as an Any. It can always be packed: it was unpacked from one, or built from a patch.
func packed(m proto.Message) *anypb.Any {
	out := &anypb.Any{}
	if err := anypb.MarshalFrom(out, m, proto.MarshalOptions{Deterministic: true}); err != nil {
		panic(err)
	}
	return out
}
