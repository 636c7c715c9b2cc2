package compile

import (
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// pack wraps a message, to the same bytes every time. It panics where the message cannot be encoded, which only a
// mistake of ours can bring about.
func pack(m proto.Message) *anypb.Any {
	out := &anypb.Any{}
	if err := anypb.MarshalFrom(out, m, proto.MarshalOptions{Deterministic: true}); err != nil {
		panic(err)
	}
	return out
}

func seconds(n float64) *durationpb.Duration {
	return durationpb.New(time.Duration(n * float64(time.Second)))
}

var switches = map[bool]*wrapperspb.BoolValue{true: wrapperspb.Bool(true), false: wrapperspb.Bool(false)}

// yes, no and whether share their messages, which nobody changes.
func yes() *wrapperspb.BoolValue           { return switches[true] }
func no() *wrapperspb.BoolValue            { return switches[false] }
func whether(b bool) *wrapperspb.BoolValue { return switches[b] }

// socket is the address of a TCP port.
func socket(address string, port uint32) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address:       address,
		PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}
}

// pipe is the address of a Unix domain socket.
func pipe(path string) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_Pipe{Pipe: &corev3.Pipe{Path: path}}}
}
