package xds

import (
	"strings"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Any wraps a message, to the same bytes every time. It panics where the message cannot be encoded, which only a
// mistake of ours can bring about.
func Any(m proto.Message) *anypb.Any {
	out := &anypb.Any{}
	if err := anypb.MarshalFrom(out, m, proto.MarshalOptions{Deterministic: true}); err != nil {
		panic(err)
	}
	return out
}

// Seconds is a number of seconds as a duration.
func Seconds(n float64) *durationpb.Duration {
	return durationpb.New(time.Duration(n * float64(time.Second)))
}

var switches = map[bool]*wrapperspb.BoolValue{true: wrapperspb.Bool(true), false: wrapperspb.Bool(false)}

// yes, no and whether share their messages, which nobody changes.
func True() *wrapperspb.BoolValue       { return switches[true] }
func False() *wrapperspb.BoolValue      { return switches[false] }
func Bool(b bool) *wrapperspb.BoolValue { return switches[b] }

// SocketAddress is the address of a TCP port.
func SocketAddress(address string, port uint32) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address:       address,
		PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}
}

// Pipe is the address of a Unix domain socket.
func Pipe(path string) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_Pipe{Pipe: &corev3.Pipe{Path: path}}}
}

// ADS says that a resource comes from the control plane, on the stream that the proxy has open.
func ADS() *corev3.ConfigSource {
	return &corev3.ConfigSource{
		ResourceApiVersion:    corev3.ApiVersion_V3,
		ConfigSourceSpecifier: &corev3.ConfigSource_Ads{Ads: &corev3.AggregatedConfigSource{}},
	}
}

// URIHost is a host as it is before a port or in an authority: IPv6 addresses in brackets.
func URIHost(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// ListenAddress is the address of a listener: a Unix domain socket, or a TCP port.
func ListenAddress(address string, port uint32) *corev3.Address {
	if path, ok := strings.CutPrefix(address, UnixPrefix); ok {
		return Pipe(path)
	}
	return SocketAddress(address, port)
}

// UnixPrefix starts the address of a Unix domain socket.
const UnixPrefix = "unix://"
