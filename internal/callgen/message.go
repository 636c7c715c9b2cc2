package callgen

import (
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// within calls f for each message of type T inside a message, extensions included.
func within[T proto.Message](m proto.Message, f func(T)) {
	envoy.Edit(proto.Clone(m), func(part proto.Message) {
		if t, ok := part.(T); ok {
			f(t)
		}
	})
}
