package envoy

import (
	"strings"

	typedv1 "github.com/cncf/xds/go/udpa/type/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const typedStruct = "type.googleapis.com/udpa.type.v1.TypedStruct"

// opaque rewrites, in place, each extension of a type that is not compiled into sem to a TypedStruct of that type, the
// form in which Envoy itself carries the configuration of extensions without a message.
func opaque(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = opaque(v[i])
		}
	case map[string]any:
		kind, extension := v["@type"].(string)
		if extension && !known(kind) {
			delete(v, "@type")
			return map[string]any{"@type": typedStruct, "typeUrl": kind, "value": v}
		}
		if kind == typedStruct {
			return v
		}
		for key := range v {
			v[key] = opaque(v[key])
		}
	}
	return v
}

func known(kind string) bool {
	_, err := protoregistry.GlobalTypes.FindMessageByURL(kind)
	return err == nil
}

// TypeOf returns the type URL of an extension's configuration; for one without a message, the type that its
// TypedStruct names.
func TypeOf(config *anypb.Any) string {
	if s := typed(config); s != nil {
		return s.GetTypeUrl()
	}
	return config.GetTypeUrl()
}

// Message returns an extension's configuration as its message, whether it is written as this message or as a TypedStruct of
// its type; nil where sem has none.
func Message(config *anypb.Any) proto.Message {
	s := typed(config)
	if s == nil {
		message, _ := config.UnmarshalNew()
		return message
	}
	kind, err := protoregistry.GlobalTypes.FindMessageByURL(s.GetTypeUrl())
	if err != nil {
		return nil
	}
	message := kind.New().Interface()
	text, err := protojson.Marshal(s.GetValue())
	if err != nil || (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, message) != nil {
		return nil
	}
	return message
}

// ShortType returns the last word of a type URL: "TlsInspector".
func ShortType(url string) string { return url[strings.LastIndexByte(url, '.')+1:] }

// Fields returns the fields of an extension's configuration, by their JSON names, whether or not sem has a message for
// it. It is for configurations that are read once; what is read often deserves its message.
func Fields(config *anypb.Any) map[string]*structpb.Value {
	if s := Opaque(config); s != nil {
		return s.GetFields()
	}
	out := &structpb.Struct{}
	message, err := config.UnmarshalNew()
	if err != nil {
		return nil
	}
	text, err := protojson.Marshal(message)
	if err != nil || protojson.Unmarshal(text, out) != nil {
		return nil
	}
	return out.GetFields()
}

// Opaque returns the fields of an extension's configuration that sem has no message for, or nil where it has one.
func Opaque(config *anypb.Any) *structpb.Struct { return typed(config).GetValue() }

func typed(config *anypb.Any) *typedv1.TypedStruct {
	s := &typedv1.TypedStruct{}
	if !config.MessageIs(s) || config.UnmarshalTo(s) != nil {
		return nil
	}
	return s
}
