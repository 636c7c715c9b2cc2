package patch

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
)

// What a field of Istio sets is found where the patch is for what the field is for, and nowhere else.
func TestPlainFields(t *testing.T) {
	const (
		cart   = `match: {context: SIDECAR_OUTBOUND, cluster: {service: cart.shop.svc.cluster.local}}`
		route  = `match: {context: GATEWAY, routeConfiguration: {vhost: {name: "cart.example.com:80"}}}`
		hcm    = `listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}`
		config = `name: envoy.filters.network.http_connection_manager, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, `
	)
	for _, test := range []struct {
		patch string
		want  []string
	}{
		{`applyTo: CLUSTER, ` + cart + `, patch: {operation: MERGE, value: {connectTimeout: 3s, dns_refresh_rate: 5s}}`, []string{"connectTimeout"}},
		{`applyTo: CLUSTER, ` + cart + `, patch: {operation: MERGE, value: {outlier_detection: {interval: 5s}}}`, []string{"outlier_detection"}},
		{`applyTo: CLUSTER, ` + cart + `, patch: {operation: MERGE, value: {outlier_detection: {success_rate_minimum_hosts: 5}}}`, nil},
		{`applyTo: CLUSTER, match: {context: SIDECAR_INBOUND}, patch: {operation: MERGE, value: {connect_timeout: 3s}}`, nil},
		{`applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND}, patch: {operation: MERGE, value: {connect_timeout: 3s}}`, nil},
		{`applyTo: HTTP_ROUTE, ` + route + `, patch: {operation: MERGE, value: {route: {timeout: 3s, max_grpc_timeout: 1s}}}`, []string{"route.timeout"}},
		{`applyTo: HTTP_ROUTE, match: {context: SIDECAR_INBOUND}, patch: {operation: MERGE, value: {route: {timeout: 3s}}}`, nil},
		{`applyTo: NETWORK_FILTER, match: {context: GATEWAY, ` + hcm + `}, patch: {operation: MERGE, value: {` + config + `xff_num_trusted_hops: 1}}}`, []string{"typed_config.xff_num_trusted_hops"}},
		{`applyTo: NETWORK_FILTER, match: {context: SIDECAR_INBOUND, ` + hcm + `}, patch: {operation: MERGE, value: {` + config + `xff_num_trusted_hops: 1}}}`, nil},
		{`applyTo: NETWORK_FILTER, match: {` + hcm + `}, patch: {operation: MERGE, value: {` + config + `merge_slashes: true}}}`, nil},
		{`applyTo: HTTP_FILTER, match: {context: GATEWAY}, patch: {operation: INSERT_FIRST, value: {name: x, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: x}}}`, nil},
	} {
		var got []string
		for _, d := range checked(test.patch) {
			if d.Check == plainField {
				got = append(got, d.At.Field[len("spec.configPatches[0].patch.value."):])
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.patch, diff)
		}
	}
}

// checked are the findings about a patch.
func checked(patch string) diag.List {
	filters := decode(fmt.Appendf(nil, "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: x, namespace: shop}\nspec: {configPatches: [{%s}]}\n", patch))
	return CheckFilter(filters[0])
}

// A type that no release has is found, with that which has its place now; those of others and contributed ones are not.
func TestUnknownTypes(t *testing.T) {
	for kind, near := range map[string]string{
		"envoy.config.filter.http.lua.v2.Lua":                                          "envoy.extensions.filters.http.lua.v3.Lua",
		"envoy.extensions.filters.http.local_rate_limit.v3.LocalRateLimit":             "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
		"envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager": "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
	} {
		url := "type.googleapis.com/" + kind
		if got, place := typeIn(map[string]any{"a": []any{map[string]any{"@type": url}}}); got != url || place != ".a[0].@type" {
			t.Errorf("%s is found as %q at %s", kind, got, place)
		}
		if got := nearestType(url); got != near {
			t.Errorf("near %s is %q, want %q", kind, got, near)
		}
	}
	for _, kind := range []string{"envoy.extensions.filters.http.buffer.v3.Buffer", "envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy", "stats.PluginConfig", "io.istio.http.peer_metadata.Config"} {
		if got, _ := typeIn(map[string]any{"@type": "type.googleapis.com/" + kind}); got != "" {
			t.Errorf("%s is unknown", kind)
		}
	}
}
