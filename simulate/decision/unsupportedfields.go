package decision

import (
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A fieldSupport lists fields of a message, separated by spaces: those that sem reads, and those that have no effect on what a
// trace says (statistics, logs, buffers, keep-alives, how names are looked up). A field that is set and in neither list
// is named in the traces that pass it.
type fieldSupport struct{ read, idle string }

// supportedFields lists the fields of the messages that a configuration is made of. A test holds them against the messages.
var supportedFields = map[protoreflect.Name]fieldSupport{
	"Listener": {
		"name address additional_addresses filter_chains default_filter_chain use_original_dst bind_to_port listener_filters listener_filters_timeout",
		"stat_prefix stats_matcher per_connection_buffer_limit_bytes per_connection_buffer_high_watermark_timeout metadata drain_type continue_on_listener_filters_timeout " +
			"transparent freebind socket_options tcp_fast_open_queue_length traffic_direction connection_balance_config reuse_port enable_reuse_port access_log " +
			"tcp_backlog_size max_connections_to_accept_per_socket_event enable_mptcp ignore_global_conn_limit bypass_overload_manager tcp_keepalive",
	},
	"FilterChain": {"filter_chain_match filters transport_socket name", "metadata transport_socket_connect_timeout"},
	"FilterChainMatch": {
		"destination_port prefix_ranges direct_source_prefix_ranges source_type source_prefix_ranges source_ports server_names transport_protocol application_protocols",
		"address_suffix suffix_len",
	},
	"HttpConnectionManager": {
		"codec_type rds route_config http_filters common_http_protocol_options scheme_header_transformation server_header_transformation use_remote_address xff_num_trusted_hops internal_address_config " +
			"upgrade_configs normalize_path merge_slashes path_with_escaped_slashes_action strip_matching_host_port strip_any_host_port strip_trailing_host_dot " +
			"http_protocol_options max_request_headers_kb skip_xff_append append_x_forwarded_port generate_request_id preserve_external_request_id " +
			"forward_client_cert_details set_current_client_cert_details proxy_100_continue",
		"stat_prefix add_user_agent tracing http1_safe_max_connection_duration http2_protocol_options http3_protocol_options server_name " +
			"stream_idle_timeout stream_flush_timeout request_timeout request_headers_timeout drain_timeout " +
			"drain_timeout_jitter delayed_close_timeout access_log access_log_flush_interval flush_access_log_on_new_request access_log_options via " +
			"always_set_request_id_in_response " +
			"represent_ipv4_remote_address_as_ipv4_mapped_ipv6 request_id_extension " +
			"stream_error_on_invalid_http_message proxy_status_config append_local_overload add_proxy_protocol_connection_state forward_proto_config record_route_resolution_stats",
	},
	"TcpProxy": {
		"cluster weighted_clusters idle_timeout tunneling_config",
		"stat_prefix downstream_idle_timeout upstream_idle_timeout access_log max_connect_attempts backoff_options hash_policy max_downstream_connection_duration " +
			"max_downstream_connection_duration_jitter_percentage access_log_flush_interval flush_access_log_on_connected access_log_options proxy_protocol_tlvs " +
			"proxy_protocol_tlv_merge_policy upstream_connect_mode max_early_data_bytes check_drain_close",
	},
	"RouteConfiguration": {
		"name virtual_hosts response_headers_to_add response_headers_to_remove request_headers_to_add request_headers_to_remove most_specific_header_mutations_wins " +
			"request_mirror_policies ignore_port_in_host_matching typed_per_filter_config",
		"validate_clusters max_direct_response_body_size_bytes cluster_specifier_plugins metadata",
	},
	"VirtualHost": {
		"name domains routes require_tls request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove typed_per_filter_config " +
			"retry_policy request_mirror_policies",
		"virtual_clusters rate_limits include_request_attempt_count include_attempt_count_in_response include_is_timeout_retry_header per_request_buffer_limit_bytes " +
			"request_body_buffer_limit metadata",
	},
	"Route": {
		"name match route redirect direct_response non_forwarding_action typed_per_filter_config request_headers_to_add request_headers_to_remove response_headers_to_add " +
			"response_headers_to_remove",
		"metadata decorator tracing per_request_buffer_limit_bytes stat_prefix request_body_buffer_limit",
	},
	"RouteMatch": {
		"prefix path safe_regex connect_matcher path_separated_prefix path_match_policy case_sensitive runtime_fraction headers query_parameters cookies grpc tls_context dynamic_metadata", "",
	},
	"RouteAction": {
		"cluster cluster_header weighted_clusters cluster_not_found_response_code prefix_rewrite regex_rewrite path_rewrite_policy path_rewrite host_rewrite_literal " +
			"auto_host_rewrite host_rewrite_header host_rewrite_path_regex timeout retry_policy request_mirror_policies hash_policy upgrade_configs max_stream_duration",
		"idle_timeout flush_timeout early_data_policy rate_limits include_vh_rate_limits max_grpc_timeout grpc_timeout_offset",
	},
	"RedirectAction": {
		"https_redirect scheme_redirect host_redirect port_redirect path_redirect prefix_rewrite regex_rewrite response_code strip_query", "",
	},
	"DirectResponseAction": {"status body", ""},
	"WeightedCluster":      {"clusters", "total_weight runtime_key_prefix"},
	"ClusterWeight": {
		"name cluster_header weight request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove host_rewrite_literal", "",
	},
	"Cluster": {
		"transport_socket_matches name type cluster_type eds_cluster_config connect_timeout lb_policy load_assignment circuit_breakers http2_protocol_options " +
			"typed_extension_protocol_options outlier_detection original_dst_lb_config common_lb_config transport_socket metadata load_balancing_policy",
		"alt_stat_name stats_matcher per_connection_buffer_limit_bytes per_connection_buffer_high_watermark_timeout health_checks max_requests_per_connection " +
			"common_http_protocol_options http_protocol_options dns_refresh_rate dns_jitter dns_failure_refresh_rate respect_dns_ttl dns_lookup_family dns_resolvers " +
			"use_tcp_for_dns_lookups dns_resolution_config typed_dns_resolver_config wait_for_warm_on_init cleanup_interval upstream_bind_config ring_hash_lb_config " +
			"maglev_lb_config least_request_lb_config round_robin_lb_config upstream_connection_options close_connections_on_host_health_failure " +
			"ignore_health_on_host_removal filters lrs_server lrs_report_endpoint_metrics track_timeout_budgets track_cluster_stats preconnect_policy " +
			"connection_pool_per_downstream_connection queuing_policies",
	},
	"CommonLbConfig": {
		"healthy_panic_threshold locality_weighted_lb_config",
		"update_merge_window ignore_new_hosts_until_first_hc close_connections_on_host_set_change consistent_hashing_lb_config override_host_status",
	},
	"ClusterLoadAssignment": {"cluster_name endpoints policy", ""},
}

// UnsupportedFields names the fields of a message that are set and that sem does not read, sorted, each as the end of "… of what".
func UnsupportedFields(m proto.Message, what string) []string {
	known, ok := supportedFields[m.ProtoReflect().Descriptor().Name()]
	if !ok || !m.ProtoReflect().IsValid() {
		return nil
	}
	var out []string
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if name := string(f.Name()); !lists(known.read, name) && !lists(known.idle, name) {
			out = append(out, name+" of "+what)
		}
		return true
	})
	slices.Sort(out)
	return out
}

// UnsupportedInRoute names what sem does not read of a route, beside its match.
func UnsupportedInRoute(p *routev3.Route, what string) []string {
	a := p.GetRoute()
	out := slices.Concat(UnsupportedFields(p, what), UnsupportedFields(a, what), UnsupportedFields(p.GetRedirect(), what), UnsupportedFields(p.GetDirectResponse(), what), UnsupportedFields(a.GetWeightedClusters(), what))
	for _, w := range a.GetWeightedClusters().GetClusters() {
		out = append(out, UnsupportedFields(w, "a cluster of "+what)...)
	}
	if strings.Contains(a.GetPathRewrite(), "%") {
		out = append(out, "format in path_rewrite of "+what)
	}
	return out
}

// UnsupportedInCluster names what sem does not read of a cluster and of its endpoints.
func UnsupportedInCluster(c *clusterv3.Cluster, load *endpointv3.ClusterLoadAssignment) []string {
	what := "cluster " + c.GetName()
	return slices.Concat(UnsupportedFields(c, what), UnsupportedFields(c.GetCommonLbConfig(), what), UnsupportedFields(load, what))
}

// lists reports whether a list, separated by spaces, has a word.
func lists(list, word string) bool {
	return strings.Contains(" "+list+" ", " "+word+" ")
}
