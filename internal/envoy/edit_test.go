package envoy_test

import (
	"testing"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/envoy"
)

func TestEditReachesIntoExtensions(t *testing.T) {
	config, err := anypb.New(&tcpv3.TcpProxy{ClusterSpecifier: &tcpv3.TcpProxy_Cluster{Cluster: "before"}})
	if err != nil {
		t.Fatal(err)
	}
	unknown := &anypb.Any{TypeUrl: "type.googleapis.com/nobody.knows", Value: []byte("x")}
	l := &listenerv3.Listener{FilterChains: []*listenerv3.FilterChain{{Filters: []*listenerv3.Filter{
		{ConfigType: &listenerv3.Filter_TypedConfig{TypedConfig: config}},
		{ConfigType: &listenerv3.Filter_TypedConfig{TypedConfig: unknown}},
	}}}}

	var seen []string
	envoy.Edit(l, func(m proto.Message) {
		seen = append(seen, string(m.ProtoReflect().Descriptor().Name()))
		if p, ok := m.(*tcpv3.TcpProxy); ok {
			p.ClusterSpecifier = &tcpv3.TcpProxy_Cluster{Cluster: "after"}
		}
	})

	got := &tcpv3.TcpProxy{}
	if err := l.FilterChains[0].Filters[0].GetTypedConfig().UnmarshalTo(got); err != nil {
		t.Fatal(err)
	}
	if got.GetCluster() != "after" {
		t.Errorf("cluster is %q after the edit, want %q", got.GetCluster(), "after")
	}
	if last := seen[len(seen)-1]; last != "Listener" {
		t.Errorf("the last message visited is %s, want the outermost", last)
	}
	if !proto.Equal(l.FilterChains[0].Filters[1].GetTypedConfig(), &anypb.Any{TypeUrl: "type.googleapis.com/nobody.knows", Value: []byte("x")}) {
		t.Error("an extension of unknown type was changed")
	}
}
