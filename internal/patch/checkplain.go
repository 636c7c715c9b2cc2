package patch

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/diag"
)

var plainField = &diag.Check{
	ID:       "SEM386",
	Title:    "EnvoyFilter sets what a field of Istio sets",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The patch changes a part of Envoy's configuration for which Istio has a field. The field is validated, survives upgrades, and does not depend
on names that istiod generates.`,
	Fix: `Set the field that the finding names, and remove it from the patch.`,
	Wrong: `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: keepalive, namespace: shop}
spec:
  configPatches:
  - applyTo: CLUSTER
    match: {context: SIDECAR_OUTBOUND, cluster: {service: cart.shop.svc.cluster.local}}
    patch: {operation: MERGE, value: {upstream_connection_options: {tcp_keepalive: {keepalive_time: 300}}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart.shop.svc.cluster.local
  trafficPolicy: {connectionPool: {tcp: {tcpKeepalive: {time: 300s}}}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
`,
}

// A plain is a field of Envoy for which Istio has one.
type plain struct {
	path  string   // in the value of a patch, separated by spaces: the names of map entries have dots
	istio string   // the field that says the same
	only  []string // the fields of Envoy's message that Istio can say; all where it is empty
}

const (
	pool      = "connectionPool of a DestinationRule"
	options   = "typed_extension_protocol_options envoy.extensions.upstreams.http.v3.HttpProtocolOptions common_http_protocol_options "
	perFilter = "typed_per_filter_config envoy.filters.http."
)

var (
	plainOfCluster = []plain{
		{path: "connect_timeout", istio: "tcp.connectTimeout in " + pool},
		{path: "max_requests_per_connection", istio: "http.maxRequestsPerConnection in " + pool},
		{path: "circuit_breakers thresholds 0 max_connections", istio: "tcp.maxConnections in " + pool},
		{path: "circuit_breakers thresholds 0 max_pending_requests", istio: "http.http1MaxPendingRequests in " + pool},
		{path: "circuit_breakers thresholds 0 max_requests", istio: "http.http2MaxRequests in " + pool},
		{path: "circuit_breakers thresholds 0 max_retries", istio: "http.maxRetries in " + pool},
		{path: "upstream_connection_options tcp_keepalive", istio: "tcp.tcpKeepalive in " + pool},
		{path: options + "idle_timeout", istio: "http.idleTimeout in " + pool},
		{path: options + "max_connection_duration", istio: "tcp.maxConnectionDuration in " + pool},
		{path: "outlier_detection", istio: "outlierDetection of a DestinationRule", only: []string{
			"consecutive_5xx", "consecutive_gateway_failure", "interval", "base_ejection_time", "max_ejection_percent",
			"split_external_local_origin_errors", "consecutive_local_origin_failure",
		}},
	}
	plainOfRoute = []plain{
		{path: "route timeout", istio: "timeout of a VirtualService"},
		{path: "route retry_policy", istio: "retries of a VirtualService", only: []string{"retry_on", "num_retries", "per_try_timeout", "retriable_status_codes"}},
		{path: "route prefix_rewrite", istio: "rewrite of a VirtualService"},
		{path: "route host_rewrite_literal", istio: "rewrite of a VirtualService"},
		{path: "route request_mirror_policies", istio: "mirrors of a VirtualService"},
		{path: "request_headers_to_add", istio: "headers of a VirtualService"},
		{path: "request_headers_to_remove", istio: "headers of a VirtualService"},
		{path: "response_headers_to_add", istio: "headers of a VirtualService"},
		{path: "response_headers_to_remove", istio: "headers of a VirtualService"},
		{path: perFilter + "cors", istio: "corsPolicy of a VirtualService"},
		{path: perFilter + "fault", istio: "fault of a VirtualService"},
	}
	plainOfManager = []plain{
		{path: "typed_config access_log", istio: "accessLogging of a Telemetry"},
		{path: "typed_config tracing", istio: "tracing of a Telemetry"},
		{path: "typed_config server_header_transformation", istio: "proxyHeaders.server in proxy.istio.io/config"},
		{path: "typed_config generate_request_id", istio: "proxyHeaders.requestId in proxy.istio.io/config"},
	}
	plainOfGateway = []plain{
		{path: "typed_config xff_num_trusted_hops", istio: "gatewayTopology.numTrustedProxies in proxy.istio.io/config"},
		{path: "typed_config forward_client_cert_details", istio: "gatewayTopology.forwardClientCertDetails in proxy.istio.io/config"},
	}
	plainOfMesh = []plain{
		{path: "typed_config normalize_path", istio: "pathNormalization of MeshConfig"},
		{path: "typed_config merge_slashes", istio: "pathNormalization of MeshConfig"},
		{path: "typed_config path_with_escaped_slashes_action", istio: "pathNormalization of MeshConfig"},
	}
)

// plainFilters are the HTTP filters that Istio adds for a resource of its own.
var plainFilters = map[string]string{
	"jwt_authn.v3.JwtAuthentication": "a RequestAuthentication", "rbac.v3.RBAC": "an AuthorizationPolicy", "wasm.v3.Wasm": "a WasmPlugin",
	"ext_authz.v3.ExtAuthz": "an AuthorizationPolicy with action CUSTOM and an extension provider",
}

// plain reports what of a patch a field of Istio could say instead.
func (x *finder) plain(p *Patch) {
	value := config.Spec[*networking.EnvoyFilter](x.filter).GetConfigPatches()[indexOf(p.Field)].GetPatch().GetValue().AsMap()
	if p.ApplyTo == networking.EnvoyFilter_HTTP_FILTER && (p.Operation == add || p.inserts()) {
		kind, _ := at(value, []string{"typed_config", "@type"})
		if resource := plainFilters[strings.TrimPrefix(textOf(kind), httpExtensions)]; resource != "" {
			x.report(plainField, p.Field+".patch.value", "%s adds this filter", resource).Help = "use " + resource + " in place of the patch"
		}
	}
	if p.Operation != merge {
		return
	}
	for _, f := range x.plainFields(p) {
		found, field := at(value, strings.Split(f.path, " "))
		if found == nil || !f.says(found) {
			continue
		}
		x.report(plainField, p.Field+".patch.value"+field, "%s sets this too", f.istio)
	}
}

const httpExtensions = "type.googleapis.com/envoy.extensions.filters.http."

func textOf(v any) string { s, _ := v.(string); return s }

// plainFields are the fields that Istio has for what the patch applies to. It has them for routes and clusters of a host, and of
// settings that are for the whole mesh only for the whole mesh.
func (x *finder) plainFields(p *Patch) []plain {
	context := p.match.GetContext()
	switch p.ApplyTo {
	case networking.EnvoyFilter_CLUSTER:
		if context != Inbound && p.ofHost() {
			return plainOfCluster
		}
	case networking.EnvoyFilter_HTTP_ROUTE:
		host := p.match.GetRouteConfiguration().GetVhost()
		if (context == Outbound || context == Gateway) && (host.GetName() != "" || host.GetDomainName() != "") {
			return plainOfRoute
		}
	case networking.EnvoyFilter_NETWORK_FILTER:
		if name, _ := p.networkFilter(); name != connectionManager {
			return nil
		}
		spec := config.Spec[*networking.EnvoyFilter](x.filter)
		out := slices.Clone(plainOfManager)
		if context == Gateway {
			out = append(out, plainOfGateway...)
		}
		if context == Any && x.filter.Namespace == "istio-system" && spec.GetWorkloadSelector() == nil && len(spec.GetTargetRefs()) == 0 {
			out = append(out, plainOfMesh...)
		}
		return out
	}
	return nil
}

// ofHost reports whether a patch is about the clusters of a host, outbound.
func (p *Patch) ofHost() bool {
	c := p.match.GetCluster()
	name, ok := clustername.Parse(c.GetName())
	return c.GetService() != "" || ok && name.Direction == "outbound"
}

// says reports whether Istio can say all of what is written.
func (f *plain) says(value any) bool {
	fields, ok := value.(map[string]any)
	if !ok || len(f.only) == 0 {
		return true
	}
	for name := range fields {
		if !slices.ContainsFunc(f.only, func(known string) bool { return name == known || name == camel(known) }) {
			return false
		}
	}
	return true
}

// at is the part of a value at a path, and its place as it is written there. Fields may have the names of either form.
func at(value any, path []string) (any, string) {
	place := ""
	for _, name := range path {
		switch v := value.(type) {
		case []any:
			if name != "0" || len(v) != 1 {
				return nil, ""
			}
			value, place = v[0], place+"[0]"
		case map[string]any:
			if _, ok := v[name]; !ok {
				name = camel(name)
			}
			value, place = v[name], place+"."+name
		default:
			return nil, ""
		}
	}
	return value, place
}

// camel is the name of a field in JSON.
func camel(name string) string {
	var out strings.Builder
	for i, word := range strings.Split(name, "_") {
		if i > 0 && word != "" {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		out.WriteString(word)
	}
	return out.String()
}
