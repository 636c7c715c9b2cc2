package envoy

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
)

// A dump says the same of every cluster, route and endpoint: the retry policy, the certificates, the transport sockets. A
// sharer makes equal parts one, which takes a fraction of the memory.
type sharer struct {
	texts    map[string]string
	messages map[string]protoreflect.Message
}

// The sharer forgets what it has seen when it knows maxShared parts, and leaves parts of more than maxPart bytes alone:
// what differs everywhere should not be remembered.
const (
	maxShared = 20_000
	maxPart   = 512
)

func newSharer() *sharer {
	return &sharer{texts: map[string]string{}, messages: map[string]protoreflect.Message{}}
}

// share makes the parts of a message one with equal parts of others.
func (s *sharer) share(m protoreflect.Message) {
	if metadata, ok := m.Interface().(*corev3.Metadata); ok {
		trim(metadata.GetFilterMetadata()["istio"])
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
			v.Map().Range(func(key protoreflect.MapKey, of protoreflect.Value) bool {
				v.Map().Set(key, s.value(f.MapValue(), of))
				return true
			})
		case f.IsList():
			for i := range v.List().Len() {
				v.List().Set(i, s.value(f, v.List().Get(i)))
			}
		default:
			m.Set(f, s.value(f, v))
		}
		return true
	})
}

func (s *sharer) value(f protoreflect.FieldDescriptor, v protoreflect.Value) protoreflect.Value {
	switch {
	case f.Kind() == protoreflect.StringKind:
		return protoreflect.ValueOfString(one(s.texts, v.String(), v.String()))
	case f.Message() != nil:
		return protoreflect.ValueOfMessage(s.message(v.Message()))
	}
	return v
}

func (s *sharer) message(m protoreflect.Message) protoreflect.Message {
	s.share(m)
	if proto.Size(m.Interface()) > maxPart {
		return m
	}
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
	if err != nil {
		return m
	}
	return one(s.messages, string(m.Descriptor().FullName())+" "+string(text), m)
}

// one returns the first value that was given for a key.
func one[T any](seen map[string]T, key string, v T) T {
	if first, ok := seen[key]; ok {
		return first
	}
	if len(seen) >= maxShared {
		clear(seen)
	}
	if len(key) <= maxPart+100 {
		seen[key] = v
	}
	return v
}

// trim leaves in Istio's metadata what is read of it: the object behind a resource, and how a cluster is called.
func trim(istio *structpb.Struct) {
	for field := range istio.GetFields() {
		switch field {
		case "config", "external", "alpn_override":
		default:
			delete(istio.Fields, field)
		}
	}
}
