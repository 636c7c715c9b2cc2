package render

import (
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/envoy"
)

// marshalOpaque appends a message with extensions whose types are not compiled into sem. Such an extension is printed
// as its type and its bytes: {"@type": "…", "value": "<base64>"}.
func marshalOpaque(to []byte, m proto.Message) ([]byte, error) {
	m = proto.Clone(m)
	envoy.Edit(m, func(part proto.Message) {
		config, ok := part.(*anypb.Any)
		if !ok {
			return
		}
		if wrapped, err := proto.Marshal(wrapperspb.Bytes(config.Value)); err == nil {
			config.Value = wrapped
		}
	})
	return protojson.MarshalOptions{UseProtoNames: true, Resolver: opaqueTypes{protoregistry.GlobalTypes}}.MarshalAppend(to, m)
}

// opaqueTypes takes every unknown type for a wrapped string of bytes.
type opaqueTypes struct{ *protoregistry.Types }

// FindMessageByURL implements the resolver of protojson.
func (t opaqueTypes) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	if known, err := t.Types.FindMessageByURL(url); err == nil {
		return known, nil
	}
	return (&wrapperspb.BytesValue{}).ProtoReflect().Type(), nil
}
