package envoy

import (
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func TestRetained(t *testing.T) {
	at := func(host string, port, weight uint32) *endpointv3.LbEndpoint {
		return &endpointv3.LbEndpoint{
			LoadBalancingWeight: wrapperspb.UInt32(weight),
			HostIdentifier: &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: &corev3.Address{
				Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
					Address: host, PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
				}},
			}}},
		}
	}
	through := func(id string) *endpointv3.LbEndpoint {
		return &endpointv3.LbEndpoint{HostIdentifier: &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: &corev3.Address{
			Address: &corev3.Address_EnvoyInternalAddress{EnvoyInternalAddress: &corev3.EnvoyInternalAddress{
				AddressNameSpecifier: &corev3.EnvoyInternalAddress_ServerListenerName{ServerListenerName: "connect_originate"}, EndpointId: id,
			}},
		}}}}
	}
	load := func(localities ...[]*endpointv3.LbEndpoint) *endpointv3.ClusterLoadAssignment {
		out := &endpointv3.ClusterLoadAssignment{ClusterName: "c"}
		for _, l := range localities {
			out.Endpoints = append(out.Endpoints, &endpointv3.LocalityLbEndpoints{LbEndpoints: l})
		}
		return out
	}
	type endpoints = []*endpointv3.LbEndpoint
	for _, test := range []struct {
		name     string
		load     *endpointv3.ClusterLoadAssignment
		want     *endpointv3.ClusterLoadAssignment
		repeated int
	}{
		{"no endpoints", load(), load(), 0},
		{"all differ", load(endpoints{at("10.0.0.1", 80, 1), at("10.0.0.1", 81, 1), at("10.0.0.2", 80, 1)}), load(endpoints{at("10.0.0.1", 80, 1), at("10.0.0.1", 81, 1), at("10.0.0.2", 80, 1)}), 0},
		{"the first weight stays", load(endpoints{at("10.0.0.1", 80, 3), at("10.0.0.1", 80, 7)}), load(endpoints{at("10.0.0.1", 80, 3)}), 1},
		{"localities share addresses", load(endpoints{at("10.0.0.1", 80, 1)}, endpoints{at("10.0.0.1", 80, 1), at("10.0.0.2", 80, 1)}), load(endpoints{at("10.0.0.1", 80, 1)}, endpoints{at("10.0.0.2", 80, 1)}), 1},
		{"a locality without any is kept", load(endpoints{at("10.0.0.1", 80, 1)}, endpoints{at("10.0.0.1", 80, 1)}), load(endpoints{at("10.0.0.1", 80, 1)}, nil), 1},
		{"internal listeners differ by endpoint", load(endpoints{through("a"), through("b"), through("a")}), load(endpoints{through("a"), through("b")}), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := proto.CloneOf(test.load)
			kept, repeated := Retained(test.load)
			if !proto.Equal(test.want, kept) || repeated != test.repeated {
				t.Errorf("%d left out, kept %v, want %d and %v", repeated, kept, test.repeated, test.want)
			}
			if diff := cmp.Diff(before.String(), test.load.String()); diff != "" {
				t.Errorf("the message was changed:\n%s", diff)
			}
		})
	}
}
