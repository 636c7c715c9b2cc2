package release

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/diag"
)

// With returns the release as it is with variables of istiod's environment, each NAME=VALUE. A name that istiod does not
// know is an error; what is not modelled is noted, see [Release.NotModelled].
func (r Release) With(env []string) (Release, error) {
	for _, e := range env {
		name, value, found := strings.Cut(e, "=")
		if !found || name == "" {
			return r, fmt.Errorf("%q does not set a variable: write NAME=VALUE, for example %s=false", e, variables()[0])
		}
		switch StandingOf(name, value) {
		case NoVariable:
			return r, unknown(name)
		case NotModelled:
			r.ignored = append(slices.Clip(r.ignored), e)
		case Modelled:
			on, isBool := Bool(value)
			if !isBool {
				return r, fmt.Errorf("the variable %s is true or false, not %q", name, value)
			}
			b, _ := Governed(name)
			r = r.Set(b, on)
		}
	}
	return r, nil
}

// unknown is the error of a variable that istiod does not have.
func unknown(name string) error {
	if near := NearestVariable(name); near != "" {
		return fmt.Errorf("istiod has no variable %s: did you mean %s?", name, near)
	}
	return fmt.Errorf("istiod has no variable %s: sem models %s", name, strings.Join(variables(), ", "))
}

// NotModelled returns what [Release.With] was given, as NAME=VALUE, and the release does not follow.
func (r Release) NotModelled() []string { return slices.Clone(r.ignored) }

// Governed returns the behaviour that a variable of istiod's environment governs.
func Governed(variable string) (Behaviour, bool) {
	at := slices.IndexFunc(table, func(c Change) bool { return c.Env != "" && c.Env == variable })
	return Behaviour(at), at >= 0
}

// Bool reads the value of a variable as istiod does.
func Bool(value string) (on, ok bool) {
	on, err := strconv.ParseBool(value)
	return on, err == nil
}

// A Standing is what sem makes of a variable of istiod's environment.
type Standing int

// The standings.
const (
	Modelled    Standing = iota // it governs a row of the table
	NotModelled                 // it changes what proxies are sent or what is admitted, and sem does not follow it
	Indifferent                 // it is about something else, or has its default
	NoVariable                  // istiod has no such variable
)

// StandingOf returns what sem makes of a variable with a value.
func StandingOf(name, value string) Standing {
	if _, ok := Governed(name); ok {
		return Modelled
	}
	usual, ok := notModelled[name]
	switch {
	case ok && !sameValue(usual, value):
		return NotModelled
	case ok || elsewhere[name]:
		return Indifferent
	}
	return NoVariable
}

// NearestVariable returns the variable of istiod that a mistyped name most likely means; "" where none is near.
func NearestVariable(name string) string {
	all := variables()
	for other := range notModelled {
		all = append(all, other)
	}
	for other := range elsewhere {
		all = append(all, other)
	}
	slices.Sort(all)
	return diag.Nearest(strings.ToUpper(name), all)
}

// sameValue reports whether two values of a variable mean the same: istiod reads T, 1 and true alike.
func sameValue(a, b string) bool {
	x, err := strconv.ParseBool(a)
	y, other := strconv.ParseBool(b)
	return a == b || err == nil && other == nil && x == y
}

// notModelled are the variables that change what proxies are sent or what is admitted and that govern no row, with the
// values that istiod takes where they are not set.
var notModelled = map[string]string{
	"BLOCKED_CIDRS_IN_JWKS_URIS":                            "",
	"COMPLIANCE_POLICY":                                     "",
	"ENABLE_100_CONTINUE_HEADERS":                           "true",
	"ENABLE_ENHANCED_DESTINATIONRULE_MERGE":                 "true",
	"ENABLE_GATEWAY_API_MANUAL_DEPLOYMENT":                  "true",
	"ENABLE_HCM_INTERNAL_NETWORKS":                          "false",
	"ENABLE_LOCALITY_WEIGHTED_LB_CONFIG":                    "false",
	"ENABLE_MCS_AUTO_EXPORT":                                "false",
	"ENABLE_MCS_CLUSTER_LOCAL":                              "false",
	"ENABLE_MCS_HOST":                                       "false",
	"ENABLE_MCS_SERVICE_DISCOVERY":                          "false",
	"ENABLE_MULTICLUSTER_HEADLESS":                          "true",
	"ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY":              "true",
	"ENABLE_TLS_ON_SIDECAR_INGRESS":                         "false",
	"ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS":          "false",
	"ISTIO_DUAL_STACK":                                      "false",
	"ISTIO_ENABLE_IPV4_OUTBOUND_LISTENER_FOR_IPV6_CLUSTERS": "false",
	"ISTIO_WATCH_NAMESPACE":                                 "",
	"MAX_CONNECTIONS_PER_SOCKET_EVENT_LOOP":                 "1",
	"PILOT_ALLOW_ANY_DYNAMIC_DNS_MAX_HOSTS":                 "1024",
	"PILOT_ALLOW_SIDECAR_SERVICE_INBOUND_LISTENER_MERGE":    "false",
	"PILOT_DISABLE_MX_ALPN":                                 "false",
	"PILOT_DNS_CARES_UDP_MAX_QUERIES":                       "100",
	"PILOT_DNS_JITTER_DURATION":                             "100ms",
	"PILOT_DRAINING_LABEL":                                  "istio.io/draining",
	"PILOT_ENABLE_ABSOLUTE_FQDN_VHOST_DOMAIN":               "true",
	"PILOT_ENABLE_AGENTGATEWAY":                             "false",
	"PILOT_ENABLE_ALPN_FILTER":                              "true",
	"PILOT_ENABLE_AMBIENT":                                  "false",
	"PILOT_ENABLE_CROSS_CLUSTER_WORKLOAD_ENTRY":             "true",
	"PILOT_ENABLE_EDS_FOR_HEADLESS_SERVICES":                "false",
	"PILOT_ENABLE_GATEWAY_API":                              "true",
	"PILOT_ENABLE_HEADLESS_FILTER_CHAIN_LISTENER":           "false",
	"PILOT_ENABLE_IP_AUTOALLOCATE":                          "true",
	"PILOT_ENABLE_K8S_SELECT_WORKLOAD_ENTRIES":              "true",
	"PILOT_ENABLE_METADATA_EXCHANGE":                        "true",
	"PILOT_ENABLE_MONGO_FILTER":                             "true",
	"PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS":          "false",
	"PILOT_ENABLE_MYSQL_FILTER":                             "false",
	"PILOT_ENABLE_PERSISTENT_SESSION_FILTER":                "false",
	"PILOT_ENABLE_QUIC_LISTENERS":                           "false",
	"PILOT_ENABLE_REDIS_FILTER":                             "false",
	"PILOT_ENABLE_ROUTE_COLLAPSE_OPTIMIZATION":              "true",
	"PILOT_ENABLE_SERVICEENTRY_SELECT_PODS":                 "true",
	"PILOT_FILTER_GATEWAY_CLUSTER_CONFIG":                   "false",
	"PILOT_GATEWAY_API_CONTROLLER_NAME":                     "istio.io/gateway-controller",
	"PILOT_GATEWAY_API_DEFAULT_GATEWAYCLASS_NAME":           "istio",
	"PILOT_GATEWAY_TRANSPORT_SOCKET_CONNECT_TIMEOUT":        "15s",
	"PILOT_HTTP10":                                          "false",
	"PILOT_IGNORE_RESOURCES":                                "",
	"PILOT_INCLUDE_RESOURCES":                               "",
	"PILOT_IP_AUTOALLOCATE_IPV4_PREFIX":                     "240.240.0.0/16",
	"PILOT_IP_AUTOALLOCATE_IPV6_PREFIX":                     "2001:2::/48",
	"PILOT_JWT_ENABLE_REMOTE_JWKS":                          "false",
	"PILOT_MULTI_NETWORK_DISCOVER_GATEWAY_API":              "true",
	"PILOT_PERSISTENT_SESSION_HEADER_LABEL":                 "istio.io/persistent-session-header",
	"PILOT_PERSISTENT_SESSION_LABEL":                        "istio.io/persistent-session",
	"PILOT_SCOPE_GATEWAY_TO_NAMESPACE":                      "false",
	"PILOT_SEND_UNHEALTHY_ENDPOINTS":                        "false",
	"PILOT_SIDECAR_USE_REMOTE_ADDRESS":                      "false",
	"PILOT_SKIP_VALIDATE_TRUST_DOMAIN":                      "false",
	"PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY":                 "true",
	"PILOT_UNIFIED_SIDECAR_SCOPE":                           "true",
	"PREFER_DESTINATIONRULE_TLS_FOR_EXTERNAL_SERVICES":      "true",
	"RESOLVE_HOSTNAME_GATEWAYS":                             "true",
	"SHARED_MESH_CONFIG":                                    "",
	"TRUSTED_GATEWAY_CIDR":                                  "",
}

// elsewhere are the other variables: certificates, injection, caches, limits, metrics, ambient mode, and istiod's own server.
var elsewhere = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(`
	AMBIENT_ENABLE_BAGGAGE AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY AMBIENT_ENABLE_MULTI_NETWORK
	AMBIENT_ENABLE_MULTI_NETWORK_INGRESS AMBIENT_ENABLE_MULTI_NETWORK_WAYPOINT AMBIENT_ENABLE_STATUS
	AMBIENT_SCOPED_ADDRESS_PUSHES AUDIENCE BLOCKED_CIDRS_IN_WASM_FETCH CA_TRUSTED_NODE_ACCOUNTS CERT_SIGNER_DOMAIN
	CITADEL_ENABLE_JITTER_FOR_ROOT_CERT_ROTATOR CITADEL_SELF_SIGNED_CA_CERT_TTL CITADEL_SELF_SIGNED_CA_RSA_KEY_SIZE
	CITADEL_SELF_SIGNED_ROOT_CERT_CHECK_INTERVAL CITADEL_SELF_SIGNED_ROOT_CERT_GRACE_PERIOD_PERCENTILE CLUSTER_ID
	DEBUG_ENDPOINT_AUTH_ALLOWED_NAMESPACES DEFAULT_WORKLOAD_CERT_TTL ENABLE_CA_SERVER ENABLE_CLUSTER_TRUST_BUNDLE_API
	ENABLE_DEBUG_ENDPOINT_AUTH ENABLE_DEBUG_ON_HTTP ENABLE_GATEWAY_API_INFERENCE_EXTENSION
	ENABLE_INGRESS_WAYPOINT_ROUTING ENABLE_LAYERED_WAYPOINT_AUTHORIZATION_POLICIES ENABLE_LAZY_SIDECAR_EVALUATION
	ENABLE_LEADER_ELECTION ENABLE_NATIVE_SIDECARS ENABLE_PROXY_FIND_POD_BY_IP ENABLE_VTPROTOBUF
	ENABLE_XDS_API_GENERATOR_AUTH ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL EXTERNAL_CA EXTERNAL_ISTIOD
	GRPC_KEEPALIVE_INTERVAL GRPC_KEEPALIVE_TIMEOUT INJECTION_WEBHOOK_CONFIG_NAME INJECT_ENABLED ISTIOD_CUSTOM_HOST
	ISTIO_AGENT_ENABLE_WASM_REMOTE_LOAD_CONVERSION ISTIO_DELTA_XDS ISTIO_ENABLE_CONTROLLER_QUEUE_METRICS
	ISTIO_GPRC_MAXRECVMSGSIZE ISTIO_GPRC_MAXSTREAMS ISTIO_KUBE_CLIENT_CONTENT_TYPE ISTIO_MULTIROOT_MESH
	ISTIO_WASM_MAX_BINARY_SIZE_BYTES ISTIO_WORKLOAD_ENTRY_VALIDATE_IDENTITY JWKS_RESOLVER_INSECURE_SKIP_VERIFY JWT_RULE
	K8S_INGRESS_NS K8S_SIGNER K_REVISION LABEL_CANONICAL_SERVICES_FOR_MESH_EXTERNAL_SERVICE_ENTRIES
	LOCAL_CLUSTER_SECRET_WATCHER MAX_WORKLOAD_CERT_TTL MCS_API_GROUP MCS_API_VERSION METRICS_LOCALHOST_ACCESS_ONLY
	MUTEX_PROFILE_FRACTION PILOT_AGENT_MERGE_ENVOY_STATS PILOT_ANALYSIS_INTERVAL PILOT_AUTO_ALLOW_WAYPOINT_POLICY
	PILOT_CA_CERT_CONFIGMAP PILOT_CERT_PROVIDER PILOT_CONVERT_SIDECAR_SCOPE_CONCURRENCY PILOT_CRL_CONFIGMAP
	PILOT_DEBOUNCE_AFTER PILOT_DEBOUNCE_MAX PILOT_ENABLE_AMBIENT_WAYPOINTS PILOT_ENABLE_ANALYSIS PILOT_ENABLE_CA_CRL
	PILOT_ENABLE_CDS_CACHE PILOT_ENABLE_EDS_DEBOUNCE PILOT_ENABLE_GATEWAY_API_COPY_LABELS_ANNOTATIONS
	PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER PILOT_ENABLE_GATEWAY_API_GATEWAYCLASS_CONTROLLER
	PILOT_ENABLE_GATEWAY_API_STATUS PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS PILOT_ENABLE_RDS_CACHE
	PILOT_ENABLE_REMOTE_CREDENTIALS_CONTROLLER PILOT_ENABLE_SENDING_HBONE PILOT_ENABLE_SIDECAR_LISTENING_HBONE
	PILOT_ENABLE_TELEMETRY_LABEL PILOT_ENABLE_WORKLOAD_ENTRY_AUTOREGISTRATION PILOT_ENABLE_WORKLOAD_ENTRY_HEALTHCHECKS
	PILOT_ENABLE_XDS_CACHE PILOT_ENABLE_XDS_IDENTITY_CHECK PILOT_ENDPOINT_TELEMETRY_LABEL PILOT_ENVOY_FILTER_STATS
	PILOT_HBONE_INITIAL_CONNECTION_WINDOW_SIZE PILOT_HBONE_INITIAL_STREAM_WINDOW_SIZE
	PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS PILOT_JWT_PUB_KEY_REFRESH_INTERVAL PILOT_MAX_REQUESTS_PER_SECOND
	PILOT_MULTICLUSTER_KUBECONFIG_PATH PILOT_MX_ADDITIONAL_LABELS PILOT_NODE_UNTAINT_CONTROLLERS_TAINT_NAME
	PILOT_PREFER_SENDING_HBONE PILOT_PUSH_THROTTLE PILOT_REMOTE_CLUSTER_TIMEOUT PILOT_STATUS_MAX_WORKERS
	PILOT_TRACE_SAMPLING PILOT_WORKLOAD_ENTRY_GRACE_PERIOD PILOT_XDS_CACHE_INDEX_CLEAR_INTERVAL PILOT_XDS_CACHE_SIZE
	PILOT_XDS_CACHE_STATS PLATFORM POD_NAME POD_NAMESPACE REVISION ROOT_CA_DIR TOKEN_AUDIENCES TOKEN_ISSUER
	UNSAFE_ENABLE_ADMIN_ENDPOINTS UNSAFE_PILOT_ENABLE_RUNTIME_ASSERTIONS USE_CACERTS_FOR_SELF_SIGNED_CA USE_REMOTE_CERTS
	VALIDATION_WEBHOOK_CONFIG_NAME XDS_AUTH XDS_AUTH_PLAINTEXT
`) {
		out[name] = true
	}
	return out
}()

func variables() []string {
	var out []string
	for _, c := range table {
		if c.Env != "" {
			out = append(out, c.Env)
		}
	}
	return out
}
