package decision

// passive are the filters, network and HTTP, that decide nothing about where a call goes: they watch, or they prepare
// what only telemetry and other filters use. Any other filter that sem does not interpret is named in the trace.
var passive = map[string]bool{
	"type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange":                    true,
	"type.googleapis.com/envoy.extensions.network_filters.peer_metadata.Config":                 true,
	"type.googleapis.com/envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy":            true,
	"type.googleapis.com/envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy":            true,
	"type.googleapis.com/envoy.extensions.filters.network.postgres_proxy.v3alpha.PostgresProxy": true,
	"type.googleapis.com/envoy.extensions.filters.network.zookeeper_proxy.v3.ZooKeeperProxy":    true,
	"type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config":           true,
	"type.googleapis.com/stats.PluginConfig":                                                    true,
	"type.googleapis.com/io.istio.http.peer_metadata.Config":                                    true,
	"type.googleapis.com/istio.telemetry.stackdriver.config.PluginConfig":                       true,
	"type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig":              true,
	"type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb":                     true,
	"type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config":              true,
	"type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig":   true, // its cluster is interpreted
	AlpnFilter: true, // its effect is where TLS is described
}

// AlpnFilter is the type of Istio's filter that overrides ALPN towards the upstream.
const AlpnFilter = "type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig"
