package envoy

import (
	"fmt"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/types/known/anypb"
)

const extensions = "type.googleapis.com/envoy.extensions.filters."

// The types of filters that end a list of filters: whether they must be the last. Of other types that Envoy knows none may
// be the last; what is not listed here may do either.
var (
	networkTerminal = map[string]bool{
		extensions + "network.http_connection_manager.v3.HttpConnectionManager": true,
		extensions + "network.tcp_proxy.v3.TcpProxy":                            true,
		extensions + "network.redis_proxy.v3.RedisProxy":                        true,
		extensions + "network.thrift_proxy.v3.ThriftProxy":                      true,
		extensions + "network.echo.v3.Echo":                                     true,
		extensions + "network.direct_response.v3.Config":                        true,
		extensions + "network.rbac.v3.RBAC":                                     false,
		extensions + "network.ext_authz.v3.ExtAuthz":                            false,
		extensions + "network.local_ratelimit.v3.LocalRateLimit":                false,
		extensions + "network.ratelimit.v3.RateLimit":                           false,
		extensions + "network.connection_limit.v3.ConnectionLimit":              false,
		extensions + "network.mongo_proxy.v3.MongoProxy":                        false,
		extensions + "network.zookeeper_proxy.v3.ZooKeeperProxy":                false,
		extensions + "network.sni_cluster.v3.SniCluster":                        false,
		extensions + "network.set_filter_state.v3.Config":                       false,
	}
	httpTerminal = map[string]bool{
		extensions + "http.router.v3.Router":                           true,
		extensions + "http.rbac.v3.RBAC":                               false,
		extensions + "http.jwt_authn.v3.JwtAuthentication":             false,
		extensions + "http.ext_authz.v3.ExtAuthz":                      false,
		extensions + "http.ext_proc.v3.ExternalProcessor":              false,
		extensions + "http.fault.v3.HTTPFault":                         false,
		extensions + "http.cors.v3.Cors":                               false,
		extensions + "http.lua.v3.Lua":                                 false,
		extensions + "http.wasm.v3.Wasm":                               false,
		extensions + "http.local_ratelimit.v3.LocalRateLimit":          false,
		extensions + "http.ratelimit.v3.RateLimit":                     false,
		extensions + "http.header_to_metadata.v3.Config":               false,
		extensions + "http.header_mutation.v3.HeaderMutation":          false,
		extensions + "http.buffer.v3.Buffer":                           false,
		extensions + "http.compressor.v3.Compressor":                   false,
		extensions + "http.grpc_web.v3.GrpcWeb":                        false,
		extensions + "http.grpc_json_transcoder.v3.GrpcJsonTranscoder": false,
		extensions + "http.stateful_session.v3.StatefulSession":        false,
		extensions + "http.health_check.v3.HealthCheck":                false,
	}
)

// disorder reports why Envoy would refuse the order of the filters of a chain, and "" where it would not: the filter that
// ends the list must be the last, and there must be one. A chain without filters is run, and closes each connection.
func disorder(c *listenerv3.FilterChain) string {
	filters := c.GetFilters()
	for i, f := range filters {
		if refused := misplaced("network filter", f.GetName(), f.GetTypedConfig(), networkTerminal, i == len(filters)-1); refused != "" {
			return refused
		}
		manager := &hcmv3.HttpConnectionManager{}
		if !f.GetTypedConfig().MessageIs(manager) || f.GetTypedConfig().UnmarshalTo(manager) != nil {
			continue
		}
		requests := manager.GetHttpFilters()
		for i, h := range requests {
			if refused := misplaced("HTTP filter", h.GetName(), h.GetTypedConfig(), httpTerminal, i == len(requests)-1); refused != "" {
				return refused
			}
		}
	}
	return ""
}

func misplaced(kind, name string, config *anypb.Any, terminals map[string]bool, last bool) string {
	terminal, known := terminals[config.GetTypeUrl()]
	switch {
	case known && terminal && !last:
		return fmt.Sprintf("the %s %s must be the last, and filters follow it", kind, name)
	case known && !terminal && last:
		return fmt.Sprintf("the %s %s is the last, and no filter behind it ends the list", kind, name)
	}
	return ""
}
