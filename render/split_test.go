package render

import (
	"fmt"
	"testing"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// A message that is split gives the text of the whole.
func TestSplit(t *testing.T) {
	listener := &listenerv3.Listener{
		Name: "0.0.0.0_443", Address: socket("0.0.0.0", 443), BindToPort: wrapperspb.Bool(false),
		DefaultFilterChain: &listenerv3.FilterChain{Name: "PassthroughFilterChain"}, TrafficDirection: corev3.TrafficDirection_OUTBOUND,
	}
	table := &routev3.RouteConfiguration{Name: "80", InternalOnlyHeaders: []string{"a", "b"}, IgnorePortInHostMatching: true}
	labels := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for i := range 1000 {
		name := fmt.Sprintf("api-%d.example.com", i)
		listener.FilterChains = append(listener.FilterChains, &listenerv3.FilterChain{
			FilterChainMatch: &listenerv3.FilterChainMatch{ServerNames: []string{name}},
		})
		table.VirtualHosts = append(table.VirtualHosts, &routev3.VirtualHost{Name: name + ":80", Domains: []string{name}})
		labels.Fields[name] = structpb.NewStringValue(name)
	}
	tests := map[string]proto.Message{
		"nothing":         &listenerv3.Listener{},
		"small":           &listenerv3.Listener{Name: "small"},
		"listener":        listener,
		"route table":     table,
		"one list only":   &routev3.RouteConfiguration{VirtualHosts: table.VirtualHosts},
		"large part":      &bootstrapv3.Bootstrap{Node: &corev3.Node{Id: "x"}, StaticResources: &bootstrapv3.Bootstrap_StaticResources{Listeners: []*listenerv3.Listener{listener, {}}}},
		"large struct":    labels,
		"map of a struct": &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{"labels": labels}},
	}
	for name, m := range tests {
		t.Run(name, func(t *testing.T) {
			var whole, split page
			whole.message(m, "  ")
			(&splitter{yield: func(p piece) bool { p(&split); return split.err == nil }}).message("", m, "  ")
			if diff := cmp.Diff(whole.text.String(), split.text.String()); diff != "" || whole.err != nil || split.err != nil {
				t.Errorf("errors %v and %v, (-whole +split):\n%s", whole.err, split.err, diff)
			}
		})
	}
}
