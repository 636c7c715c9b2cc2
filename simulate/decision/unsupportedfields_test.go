package decision

import (
	"slices"
	"strings"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// told are the fields that sem does not read and names where they are set.
var told = []struct {
	message proto.Message
	fields  string
}{
	{&listenerv3.Listener{}, "fcds_config filter_chain_matcher deprecated_v1 udp_listener_config api_listener internal_listener"},
	{&listenerv3.FilterChain{}, "use_proxy_proto"},
	{&listenerv3.FilterChainMatch{}, ""},
	{&hcmv3.HttpConnectionManager{}, "scoped_routes original_ip_detection_extensions early_header_mutation_extensions local_reply_config path_normalization_options typed_header_validation_config forward_client_cert_matcher"},
	{&tcpv3.TcpProxy{}, "on_demand metadata_match"},
	{&routev3.RouteConfiguration{}, "vhds internal_only_headers vhost_header ignore_path_parameters_in_path_matching route_specifiers"},
	{&routev3.VirtualHost{}, "matcher cors retry_policy_typed_config hedge_policy route_specifiers"},
	{&routev3.Route{}, "filter_action route_specifiers"},
	{&routev3.RouteMatch{}, "filter_state"},
	{&routev3.RouteAction{}, "cluster_specifier_plugin inline_cluster_specifier_plugin metadata_match host_rewrite append_x_forwarded_host retry_policy_typed_config priority cors internal_redirect_policy internal_redirect_action max_internal_redirects hedge_policy"},
	{&routev3.RedirectAction{}, "path_rewrite"},
	{&routev3.DirectResponseAction{}, "body_format"},
	{&routev3.WeightedCluster{}, "header_name use_hash_policy"},
	{&routev3.WeightedCluster_ClusterWeight{}, "metadata_match typed_per_filter_config"},
	{&clusterv3.Cluster{}, "transport_socket_matcher upstream_http_protocol_options lb_subset_config protocol_selection upstream_config"},
	{&clusterv3.Cluster_CommonLbConfig{}, "zone_aware_lb_config"},
	{&endpointv3.ClusterLoadAssignment{}, "named_endpoints"},
}

// TestReadings holds the lists of fields against Envoy's messages: each field is read, has no effect, or is told.
func TestReadings(t *testing.T) {
	if len(told) != len(supportedFields) {
		t.Errorf("%d messages are told of, %d have readings", len(told), len(supportedFields))
	}
	for _, m := range told {
		d := m.message.ProtoReflect().Descriptor()
		known, ok := supportedFields[d.Name()]
		if !ok {
			t.Errorf("%s has no reading", d.Name())
		}
		listed := slices.Concat(strings.Fields(known.read), strings.Fields(known.idle), strings.Fields(m.fields))
		var fields []string
		for i := range d.Fields().Len() {
			fields = append(fields, string(d.Fields().Get(i).Name()))
		}
		slices.Sort(listed)
		slices.Sort(fields)
		if diff := cmp.Diff(fields, listed); diff != "" {
			t.Errorf("%s: fields of the message (-) and of the lists (+):\n%s", d.Name(), diff)
		}
	}
}

// TestUnsupportedFields sets fields that sem does not read, and expects the trace to name them.
func TestUnsupportedFields(t *testing.T) {
	a := &routev3.RouteAction{Priority: 1, AppendXForwardedHost: true, IdleTimeout: nil, ClusterNotFoundResponseCode: 1}
	a.MaxInternalRedirects = wrapperspb.UInt32(2)
	want := []string{"append_x_forwarded_host of route r", "max_internal_redirects of route r", "priority of route r"}
	if diff := cmp.Diff(want, UnsupportedFields(a, "route r")); diff != "" {
		t.Errorf("unsupported (-want +got):\n%s", diff)
	}
	if got := UnsupportedFields((*routev3.RouteAction)(nil), "nothing"); got != nil {
		t.Errorf("unsupported of nothing: %v", got)
	}
}
