package release

// A Kind is what kind of change a row is.
type Kind string

// The kinds of changes.
const (
	NewField   Kind = "new field"
	NewValue   Kind = "new value"
	NewKind    Kind = "new kind"
	NewDefault Kind = "new default"
	Changed    Kind = "behaviour"
	Fix        Kind = "fix"
	Accepted   Kind = "validation"
	OptIn      Kind = "off by default"
	Envoy      Kind = "Envoy"
)

// A Change is a row of the table: what the releases since one do, and those before it do not.
type Change struct {
	ID       string
	Since    string // the first release that has it
	Kind     Kind
	Env      string // the variable of istiod's environment that governs it; "" for none
	Text     string
	Unjudged bool     // only the documentation of the API says so: no istiod has been asked
	Fields   []string // the full names of the fields of the API that are new
	Ignored  string   // the first release that admits the fields, without effect until Since; "" where it is Since itself
}

// A Behaviour names a row of the table.
type Behaviour int

// The rows.
const (
	InboundRetryPolicy Behaviour = iota
	BackendUtilization
	ExternalBackends
	FailurePercentage
	ClientCACredential
	ServerALPN
	ServerCurves
	TokenPresence
	ErrorCodes
	TransportSocketMatch
	SendUnhealthy
	StrictGatewayMerging
	EachHeaderValue
	AnyMethod
	EgressExclusion
	RedirectPrefix
	RetryBudgetInterval
	SubsetTLSModeFallback
	DefaultTrafficPolicy
	HTTP2KeepAlive
	AllowAnyDynamicDNS
	ZoneAware
	BackendPolicyMerge
	ServerSkipVerify
	OutboundTLS
	ConnectionSettings
	EntryVisibility
	ListReplacement
	VersionExpressionLimit
	WarmupAggression
	DynamicDNSFamily
	EmptyRouteFails
	TCPListeners
	InsecureFallback
	ListenerConflicts
	PickBestService
	SidecarDynamicDNS
	DynamicDNSHTTP2
	FamilyDomains
	DNSFailoverPriority
	IgnorePolicyAttachment
	ExportToNames
	TrustDomains
	TrafficExtensions
	ConnectStrategy
	NamespaceDistribution
	GatewayFamilies
	OwnNetworkUnknown
	TLSListeners
	ListenerSets
	TerminateModeOfClients
	EmptyRouteNotFound
	ContextPropagation
	ServiceAttributes
	NoTrackRemaining
	SubsetRetryBudget
	DynamicDNSTLS
	WaypointPatches
	LocalityLabel
	CipherSuiteOption
	TracingFields
	ProxyFields
	NoShadowSuffix
	AlphaGatewayAPI
)

// The packages of the API.
const (
	networkingAPI = "istio.networking.v1alpha3."
	securityAPI   = "istio.security.v1beta1."
	meshAPI       = "istio.mesh.v1alpha1."
	telemetryAPI  = "istio.telemetry.v1alpha1."
)

// table has a row for each Behaviour, the newest release first.
var table = []Change{
	InboundRetryPolicy: {ID: "inbound-retry-policy", Since: "1.32", Kind: NewField, Fields: []string{meshAPI + "MeshConfig.default_inbound_http_retry_policy"},
		Text: "`defaultInboundHttpRetryPolicy` of the mesh replaces the retries of inbound routes, or turns them off."},
	BackendUtilization: {ID: "backend-utilization", Since: "1.32", Kind: NewField, Unjudged: true, Fields: []string{networkingAPI + "LoadBalancerSettings.backend_utilization"},
		Text: "`backendUtilization` of a DestinationRule weighs endpoints by the load that they report."},
	ExternalBackends: {ID: "external-backends", Since: "1.32", Kind: Changed,
		Text: "An XBackend of the Gateway API adds its host to the mesh. Before, it was not read."},
	FailurePercentage: {ID: "failure-percentage", Since: "1.32", Kind: NewField, Unjudged: true, Fields: []string{networkingAPI + "OutlierDetection.failure_percentage_threshold"},
		Text: "`failurePercentageThreshold` of a DestinationRule ejects endpoints by their share of failures."},
	ClientCACredential: {ID: "client-ca-credential", Since: "1.32", Kind: NewField, Unjudged: true, Fields: []string{networkingAPI + "ClientTLSSettings.ca_cert_credential_name"},
		Text: "`caCertCredentialName` of a DestinationRule names the authorities of a server apart from the client's certificate."},
	ServerALPN: {ID: "server-alpn", Since: "1.32", Kind: NewField, Unjudged: true, Fields: []string{networkingAPI + "ServerTLSSettings.alpn_protocols"},
		Text: "`alpnProtocols` of a Gateway replaces the protocols that a server offers."},
	ServerCurves: {ID: "server-curves", Since: "1.32", Kind: NewField, Fields: []string{networkingAPI + "ServerTLSSettings.ecdh_curves"},
		Text: "`ecdhCurves` of a Gateway replaces the curves that a server accepts."},
	TokenPresence: {ID: "token-presence", Since: "1.32", Kind: NewField, Unjudged: true, Fields: []string{securityAPI + "JWTRule.presence"},
		Text: "`presence: REQUIRED` of a RequestAuthentication refuses requests without the token."},
	ErrorCodes: {ID: "outlier-error-codes", Since: "1.32", Kind: NewField, Ignored: "1.31", Fields: []string{networkingAPI + "OutlierDetection.outlier_detection_http_error_codes"},
		Text: "`outlierDetectionHttpErrorCodes` of a DestinationRule chooses the statuses that count as errors."},
	TransportSocketMatch: {ID: "transport-socket-match", Since: "1.32", Kind: NewField, Fields: []string{networkingAPI + "EnvoyFilter.ListenerMatch.FilterChainMatch.transport_socket"},
		Text: "`filterChain.transportSocket` of an EnvoyFilter matches filter chains by their transport socket."},

	SendUnhealthy: {ID: "send-unhealthy-endpoints", Since: "1.31", Kind: NewDefault, Env: "PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS",
		Text: "Proxies are sent unhealthy endpoints, too, and a panic threshold of zero. Before, they were not, and Envoy's own threshold of 50 % applied."},
	StrictGatewayMerging: {ID: "strict-gateway-merging", Since: "1.31", Kind: NewDefault, Env: "PILOT_ENABLE_STRICT_GATEWAY_MERGING",
		Text: "Proxies that istiod deploys for a Gateway of the Gateway API do not serve an Istio Gateway of another namespace. Before, its selector sufficed."},
	EachHeaderValue: {ID: "each-header-value", Since: "1.31", Kind: Envoy,
		Text: "A route's header match compares each value of a repeated header. Before, it compared all of them as one text, joined by commas. Authorization policies compare each value in all releases: earlier patch releases than Envoy 1.36.5 and 1.37.1 do not."},
	AnyMethod: {ID: "any-method", Since: "1.31", Kind: Envoy,
		Text: "The HTTP inspector recognises HTTP with any method. Before, a request with a method that Envoy does not know, such as BREW, was forwarded as TCP where the port names no protocol."},
	EgressExclusion: {ID: "egress-exclusion", Since: "1.31", Kind: NewValue,
		Text: "A host `~namespace/name` of a Sidecar leaves hosts out. Before, such a Sidecar was rejected."},
	RedirectPrefix: {ID: "redirect-prefix", Since: "1.31", Kind: NewField, Fields: []string{networkingAPI + "HTTPRedirect.prefix_rewrite"},
		Text: "`prefixRewrite` of a redirect replaces the prefix that matched."},
	RetryBudgetInterval: {ID: "retry-budget-interval", Since: "1.31", Kind: NewField, Fields: []string{networkingAPI + "TrafficPolicy.RetryBudget.budget_interval"},
		Text: "`budgetInterval` of a retry budget is the time over which requests are counted."},
	SubsetTLSModeFallback: {ID: "subset-tls-mode-fallback", Since: "1.31", Kind: Fix,
		Text: "Whether an endpoint of a subset is sent mutual TLS follows the policy of the rule where the subset has no TLS settings."},
	DefaultTrafficPolicy: {ID: "default-traffic-policy", Since: "1.31", Kind: NewField, Fields: []string{meshAPI + "MeshConfig.default_traffic_policy"},
		Text: "`defaultTrafficPolicy` of the mesh applies to destinations without a DestinationRule."},
	HTTP2KeepAlive: {ID: "http2-keep-alive", Since: "1.31", Kind: NewField, Fields: []string{networkingAPI + "ConnectionPoolSettings.HTTPSettings.http2_keep_alive"},
		Text: "`http2KeepAlive` of a connection pool pings HTTP/2 connections."},
	AllowAnyDynamicDNS: {ID: "allow-any-dynamic-dns", Since: "1.31", Kind: NewValue, Ignored: "1.30",
		Text: "`outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}` resolves the names of unknown destinations in the proxy. 1.30 admits it, and blocks them."},
	ZoneAware: {ID: "zone-aware", Since: "1.31", Kind: NewField, Fields: []string{networkingAPI + "LoadBalancerSettings.zone_aware_lb_setting", meshAPI + "MeshConfig.zone_aware_lb_setting"},
		Text: "`zoneAwareLbSetting` of a DestinationRule or the mesh keeps requests in the zone of the client."},
	ServerSkipVerify: {ID: "server-skip-verify", Since: "1.31", Kind: NewField, Fields: []string{networkingAPI + "ServerTLSSettings.insecure_skip_verify"},
		Text: "`insecureSkipVerify` of a Gateway accepts client certificates unverified."},
	BackendPolicyMerge: {ID: "backend-policy-merge", Since: "1.31", Kind: Fix,
		Text: "A DestinationRule and a BackendTLSPolicy or XBackendTrafficPolicy for one host are combined: the DestinationRule overrides " +
			"what both set. Before, the DestinationRule's own policy was ignored."},
	OutboundTLS: {ID: "outbound-tls", Since: "1.31", Kind: NewField, Ignored: "1.30", Fields: []string{meshAPI + "MeshConfig.OutboundTrafficPolicy.tls"},
		Text: "`outboundTrafficPolicy.tls` of the mesh encrypts requests whose destination the proxy resolves."},
	ConnectionSettings: {ID: "connection-settings", Since: "1.31", Kind: NewField, Fields: []string{meshAPI + "ProxyConfig.connection_settings"},
		Text: "`connectionSettings` of a ProxyConfig sets timeouts, buffers and the normalization of paths; profile EDGE sets them for gateways."},
	EntryVisibility: {ID: "service-entry-visibility", Since: "1.31", Kind: NewField, Fields: []string{meshAPI + "MeshConfig.service_entry_visibility"},
		Text: "`serviceEntryVisibility` of the mesh limits the namespaces that see a ServiceEntry."},
	ListReplacement: {ID: "list-replacement", Since: "1.31", Kind: NewValue,
		Text: "`operation: MERGE_AND_REPLACE_LIST` of an EnvoyFilter replaces lists. Before, such an EnvoyFilter was rejected."},
	VersionExpressionLimit: {ID: "version-expression-limit", Since: "1.31", Kind: Fix,
		Text: "A patch whose `proxyVersion` is longer than 1024 characters matches no proxy. Before, it was compared like any other."},
	WarmupAggression: {ID: "warmup-aggression", Since: "1.31", Kind: Accepted,
		Text: "`warmup.aggression` of a DestinationRule may be between 0 and 1. Before, such a rule was rejected."},
	DynamicDNSFamily: {ID: "dynamic-dns-family", Since: "1.31", Kind: Fix,
		Text: "A proxy resolves names of `resolution: DYNAMIC_DNS` to addresses of its own family. Before, only to IPv4."},
	EmptyRouteFails: {ID: "empty-route-fails", Since: "1.31", Kind: Fix,
		Text: "A rule of an HTTPRoute without backends is answered with 500. 1.30 answers with 404."},
	TCPListeners: {ID: "tcp-listeners", Since: "1.31", Kind: NewDefault,
		Text: "Listeners of protocol TCP of the Gateway API serve. Before, only where alpha-gateway-api is on."},
	InsecureFallback: {ID: "insecure-fallback", Since: "1.31", Kind: NewValue,
		Text: "`mode: AllowInsecureFallback` of the Gateway API admits clients without a valid certificate. Before, it was ignored."},
	ListenerConflicts: {ID: "listener-conflicts", Since: "1.31", Kind: Fix,
		Text: "Of two listeners of a Gateway that exclude each other, the later does not serve. Before, both were merged as far as they could be."},

	PickBestService: {ID: "pick-best-service", Since: "1.30", Kind: NewDefault, Env: "PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE",
		Text: "Where a VirtualService leads to a host that several namespaces have and its client does not, the Kubernetes Service takes precedence, then the oldest. Before, the first namespace by name."},
	SidecarDynamicDNS: {ID: "sidecar-dynamic-dns", Since: "1.30", Kind: Changed,
		Text: "Sidecars resolve the names of a wildcard host with `resolution: DYNAMIC_DNS`. Before, they had no cluster for it."},
	DynamicDNSHTTP2: {ID: "dynamic-dns-http2", Since: "1.30", Kind: Accepted,
		Text: "A ServiceEntry with `resolution: DYNAMIC_DNS` may have HTTP2 and GRPC ports and be MESH_INTERNAL. Before, it was rejected."},
	FamilyDomains: {ID: "family-domains", Since: "1.30", Kind: Fix,
		Text: "Virtual hosts have no domains for addresses of a family that the proxy lacks."},
	DNSFailoverPriority: {ID: "dns-failover-priority", Since: "1.30", Kind: Fix,
		Text: "`failoverPriority` counts for clusters that DNS resolves."},
	IgnorePolicyAttachment: {ID: "ignore-policy-attachment", Since: "1.30", Kind: Changed,
		Text: "The annotation `istio.io/ignore-policy-attachment: \"true\"` leaves a BackendTLSPolicy or XBackendTrafficPolicy out."},
	ExportToNames: {ID: "export-to-names", Since: "1.30", Kind: Fix,
		Text: "A default of the mesh for `exportTo` may name namespaces beside `.`. Before, only the own namespace counted."},
	TrustDomains: {ID: "trust-domains", Since: "1.30", Kind: NewField, Fields: []string{securityAPI + "Source.trust_domains", securityAPI + "Source.not_trust_domains"},
		Text: "`trustDomains`, `notTrustDomains` and the condition `source.trustDomain` of an AuthorizationPolicy select clients by their trust domain."},
	TrafficExtensions: {ID: "traffic-extensions", Since: "1.30", Kind: NewKind,
		Text: "The kind TrafficExtension adds filters of Wasm or Lua. Before, the API server has no such kind."},
	ConnectStrategy: {ID: "connect-strategy", Since: "1.30", Kind: NewValue,
		Text: "The annotation `istio.io/connect-strategy: RACE_FIRST_TCP_CONNECT` of a ServiceEntry resolves both address families. Before, it was ignored."},
	NamespaceDistribution: {ID: "namespace-distribution", Since: "1.30", Kind: NewValue,
		Text: "The annotation `networking.istio.io/traffic-distribution` counts on namespaces. Before, only on Services and ServiceEntries."},
	GatewayFamilies: {ID: "gateway-families", Since: "1.30", Kind: Fix,
		Text: "A proxy reaches another network through gateways of its own address family. Before, it was sent all of them."},
	OwnNetworkUnknown: {ID: "own-network-unknown", Since: "1.30", Kind: Changed,
		Text: "A proxy whose network is not known reaches endpoints of a named network through its gateways. Before, directly."},
	TLSListeners: {ID: "tls-listeners", Since: "1.30", Kind: NewDefault,
		Text: "Listeners of protocol TLS of the Gateway API serve, and TLSRoutes attach to those that terminate TLS. Before, they served only where alpha-gateway-api is on."},
	ListenerSets: {ID: "listener-sets", Since: "1.30", Kind: NewKind,
		Text: "ListenerSets of the Gateway API add listeners to a Gateway. Before, only XListenerSets did, which sem does not model."},
	TerminateModeOfClients: {ID: "terminate-mode-of-clients", Since: "1.30", Kind: Fix,
		Text: "`gateway.istio.io/tls-terminate-mode` of a listener counts where the Gateway validates clients. Before, it was mutual TLS then."},
	EmptyRouteNotFound: {ID: "empty-route-not-found", Since: "1.30", Kind: Changed,
		Text: "A rule of an HTTPRoute without backends is answered with 404. Before, with 500; so it is again since 1.31."},
	ContextPropagation: {ID: "context-propagation", Since: "1.30", Kind: NewField, Fields: []string{telemetryAPI + "Tracing.disable_context_propagation"},
		Text: "`disableContextPropagation` of a Telemetry does not pass on the headers of a trace."},
	ServiceAttributes: {ID: "service-attributes", Since: "1.30", Kind: NewField, Fields: []string{meshAPI + "MeshConfig.ExtensionProvider.OpenTelemetryTracingProvider.service_attribute_enrichment"},
		Text: "`serviceAttributeEnrichment` of an OpenTelemetry provider names services as OpenTelemetry does."},

	NoTrackRemaining: {ID: "no-track-remaining", Since: "1.29", Kind: NewDefault, Env: "DISABLE_TRACK_REMAINING_CB_METRICS",
		Text: "Circuit breakers do not count what remains of their limits."},
	SubsetRetryBudget: {ID: "subset-retry-budget", Since: "1.29", Kind: Fix,
		Text: "A subset that has settings, too, keeps the retry budget."},
	DynamicDNSTLS: {ID: "dynamic-dns-tls", Since: "1.29", Kind: Accepted,
		Text: "A ServiceEntry with `resolution: DYNAMIC_DNS` may have TLS ports. Before, it was rejected."},
	WaypointPatches: {ID: "waypoint-patches", Since: "1.29", Kind: NewField, Fields: []string{networkingAPI + "EnvoyFilter.EnvoyConfigObjectMatch.waypoint"},
		Text: "EnvoyFilters may patch waypoints: `context: WAYPOINT` and `match.waypoint`. Before, such an EnvoyFilter was rejected."},
	LocalityLabel: {ID: "locality-label", Since: "1.29", Kind: NewValue,
		Text: "The label `topology.istio.io/locality` of a workload names its locality. Before, only `istio-locality` did."},
	CipherSuiteOption: {ID: "cipher-suite-option", Since: "1.29", Kind: NewValue,
		Text: "The option `gateway.istio.io/tls-cipher-suites` of a listener of the Gateway API chooses its cipher suites. Before, it was ignored."},
	TracingFields: {ID: "tracing-fields", Since: "1.29", Kind: NewField, Fields: []string{
		telemetryAPI + "Tracing.CustomTag.formatter",
		meshAPI + "MeshConfig.ExtensionProvider.ZipkinTracingProvider.timeout", meshAPI + "MeshConfig.ExtensionProvider.ZipkinTracingProvider.headers"},
		Text: "`formatter` of a tag of a Telemetry, and `timeout` and `headers` of a Zipkin provider."},
	ProxyFields: {ID: "proxy-fields", Since: "1.29", Kind: NewField, Fields: []string{
		meshAPI + "ProxyConfig.stats_compression", meshAPI + "ProxyConfig.file_flush_interval", meshAPI + "ProxyConfig.file_flush_min_size_kb"},
		Text: "`statsCompression`, `fileFlushInterval` and `fileFlushMinSizeKb` of a ProxyConfig."},
	NoShadowSuffix: {ID: "no-shadow-suffix", Since: "1.28", Kind: NewDefault, Env: "DISABLE_SHADOW_HOST_SUFFIX",
		Text: "Mirrored requests keep their host. Before, `-shadow` was appended to it."},
	AlphaGatewayAPI: {ID: "alpha-gateway-api", Since: "1.28", Kind: OptIn, Env: "PILOT_ENABLE_ALPHA_GATEWAY_API",
		Text: "XBackendTrafficPolicy and, since 1.32, XBackend of the Gateway API are read."},
}

// String returns the identifier of the row.
func (b Behaviour) String() string { return table[b].ID }
