package release

// A Kind is what kind of change a row is.
type Kind string

// The kinds of changes.
const (
	NewField   Kind = "new field"
	NewValue   Kind = "new value"
	NewDefault Kind = "new default"
	Changed    Kind = "behaviour"
	Fix        Kind = "fix"
	Accepted   Kind = "validation"
	OptIn      Kind = "off by default"
)

// A Change is a row of the table: what the releases since one do, and those before it do not.
type Change struct {
	ID       string
	Since    string // the first release that has it
	Kind     Kind
	Env      string // the variable of istiod's environment that governs it; "" for none
	Text     string
	Unjudged bool   // only the documentation of the API says so: no istiod has been asked
	Field    string // the full name of the field in the API; "" for what is not a new field
	Ignored  string // the first release that admits the field, without effect until Since; "" where it is Since itself
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
	SendUnhealthy
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
	SidecarDynamicDNS
	FamilyDomains
	DNSFailoverPriority
	IgnorePolicyAttachment
	ExportToNames
	NotTrustDomains
	NoTrackRemaining
	SubsetRetryBudget
	DynamicDNSTLS
	AlphaGatewayAPI
)

// The packages of the API.
const networkingAPI, securityAPI, meshAPI = "istio.networking.v1alpha3.", "istio.security.v1beta1.", "istio.mesh.v1alpha1."

// table has a row for each Behaviour, the newest release first.
var table = []Change{
	InboundRetryPolicy: {ID: "inbound-retry-policy", Since: "1.32", Kind: NewField, Field: meshAPI + "MeshConfig.default_inbound_http_retry_policy",
		Text: "`defaultInboundHttpRetryPolicy` of the mesh replaces the retries of inbound routes, or turns them off."},
	BackendUtilization: {ID: "backend-utilization", Since: "1.32", Kind: NewField, Unjudged: true, Field: networkingAPI + "LoadBalancerSettings.backend_utilization",
		Text: "`backendUtilization` of a DestinationRule weighs endpoints by the load that they report."},
	ExternalBackends: {ID: "external-backends", Since: "1.32", Kind: Changed,
		Text: "An XBackend of the Gateway API adds its host to the mesh. Before, it was not read."},
	FailurePercentage: {ID: "failure-percentage", Since: "1.32", Kind: NewField, Unjudged: true, Field: networkingAPI + "OutlierDetection.failure_percentage_threshold",
		Text: "`failurePercentageThreshold` of a DestinationRule ejects endpoints by their share of failures."},
	ClientCACredential: {ID: "client-ca-credential", Since: "1.32", Kind: NewField, Unjudged: true, Field: networkingAPI + "ClientTLSSettings.ca_cert_credential_name",
		Text: "`caCertCredentialName` of a DestinationRule names the authorities of a server apart from the client's certificate."},
	ServerALPN: {ID: "server-alpn", Since: "1.32", Kind: NewField, Unjudged: true, Field: networkingAPI + "ServerTLSSettings.alpn_protocols",
		Text: "`alpnProtocols` of a Gateway replaces the protocols that a server offers."},
	ServerCurves: {ID: "server-curves", Since: "1.32", Kind: NewField, Field: networkingAPI + "ServerTLSSettings.ecdh_curves",
		Text: "`ecdhCurves` of a Gateway replaces the curves that a server accepts."},
	TokenPresence: {ID: "token-presence", Since: "1.32", Kind: NewField, Unjudged: true, Field: securityAPI + "JWTRule.presence",
		Text: "`presence: REQUIRED` of a RequestAuthentication refuses requests without the token."},
	ErrorCodes: {ID: "outlier-error-codes", Since: "1.32", Kind: NewField, Ignored: "1.31", Field: networkingAPI + "OutlierDetection.outlier_detection_http_error_codes",
		Text: "`outlierDetectionHttpErrorCodes` of a DestinationRule chooses the statuses that count as errors."},

	SendUnhealthy: {ID: "send-unhealthy-endpoints", Since: "1.31", Kind: NewDefault, Env: "PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS",
		Text: "Proxies are sent unhealthy endpoints, too, and a panic threshold of zero. Before, they were not, and Envoy's own threshold of 50 % applied."},
	EgressExclusion: {ID: "egress-exclusion", Since: "1.31", Kind: NewValue,
		Text: "A host `~namespace/name` of a Sidecar leaves hosts out. Before, such a Sidecar was rejected."},
	RedirectPrefix: {ID: "redirect-prefix", Since: "1.31", Kind: NewField, Field: networkingAPI + "HTTPRedirect.prefix_rewrite",
		Text: "`prefixRewrite` of a redirect replaces the prefix that matched."},
	RetryBudgetInterval: {ID: "retry-budget-interval", Since: "1.31", Kind: NewField, Field: networkingAPI + "TrafficPolicy.RetryBudget.budget_interval",
		Text: "`budgetInterval` of a retry budget is the time over which requests are counted."},
	SubsetTLSModeFallback: {ID: "subset-tls-mode-fallback", Since: "1.31", Kind: Fix,
		Text: "Whether an endpoint of a subset is sent mutual TLS follows the policy of the rule where the subset has no TLS settings."},
	DefaultTrafficPolicy: {ID: "default-traffic-policy", Since: "1.31", Kind: NewField, Field: meshAPI + "MeshConfig.default_traffic_policy",
		Text: "`defaultTrafficPolicy` of the mesh applies to destinations without a DestinationRule."},
	HTTP2KeepAlive: {ID: "http2-keep-alive", Since: "1.31", Kind: NewField, Field: networkingAPI + "ConnectionPoolSettings.HTTPSettings.http2_keep_alive",
		Text: "`http2KeepAlive` of a connection pool pings HTTP/2 connections."},
	AllowAnyDynamicDNS: {ID: "allow-any-dynamic-dns", Since: "1.31", Kind: NewValue, Ignored: "1.30",
		Text: "`outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}` resolves the names of unknown destinations in the proxy. 1.30 admits it, and blocks them."},
	ZoneAware: {ID: "zone-aware", Since: "1.31", Kind: NewField, Field: networkingAPI + "LoadBalancerSettings.zone_aware_lb_setting",
		Text: "`zoneAwareLbSetting` keeps requests in the zone of the client."},
	ServerSkipVerify: {ID: "server-skip-verify", Since: "1.31", Kind: NewField, Field: networkingAPI + "ServerTLSSettings.insecure_skip_verify",
		Text: "`insecureSkipVerify` of a Gateway accepts client certificates unverified."},
	BackendPolicyMerge: {ID: "backend-policy-merge", Since: "1.31", Kind: Fix,
		Text: "A DestinationRule and a BackendTLSPolicy or XBackendTrafficPolicy for one host are combined: the DestinationRule overrides " +
			"what both set. Before, the DestinationRule's own policy was ignored."},

	SidecarDynamicDNS: {ID: "sidecar-dynamic-dns", Since: "1.30", Kind: Changed,
		Text: "Sidecars resolve the names of a wildcard host with `resolution: DYNAMIC_DNS`. Before, they had no cluster for it."},
	FamilyDomains: {ID: "family-domains", Since: "1.30", Kind: Fix,
		Text: "Virtual hosts have no domains for addresses of a family that the proxy lacks."},
	DNSFailoverPriority: {ID: "dns-failover-priority", Since: "1.30", Kind: Fix,
		Text: "`failoverPriority` counts for clusters that DNS resolves."},
	IgnorePolicyAttachment: {ID: "ignore-policy-attachment", Since: "1.30", Kind: Changed,
		Text: "The annotation `istio.io/ignore-policy-attachment: \"true\"` leaves a BackendTLSPolicy or XBackendTrafficPolicy out."},
	ExportToNames: {ID: "export-to-names", Since: "1.30", Kind: Fix,
		Text: "A default of the mesh for `exportTo` may name namespaces beside `.`. Before, only the own namespace counted."},
	NotTrustDomains: {ID: "trust-domains", Since: "1.30", Kind: NewField, Field: securityAPI + "Source.not_trust_domains",
		Text: "`notTrustDomains` of an AuthorizationPolicy excludes clients of trust domains."},

	NoTrackRemaining: {ID: "no-track-remaining", Since: "1.29", Kind: NewDefault, Env: "DISABLE_TRACK_REMAINING_CB_METRICS",
		Text: "Circuit breakers do not count what remains of their limits."},
	SubsetRetryBudget: {ID: "subset-retry-budget", Since: "1.29", Kind: Fix,
		Text: "A subset that has settings, too, keeps the retry budget."},
	DynamicDNSTLS: {ID: "dynamic-dns-tls", Since: "1.29", Kind: Accepted,
		Text: "A ServiceEntry with `resolution: DYNAMIC_DNS` may have TLS ports. Before, it was rejected."},
	AlphaGatewayAPI: {ID: "alpha-gateway-api", Since: "1.28", Kind: OptIn, Env: "PILOT_ENABLE_ALPHA_GATEWAY_API",
		Text: "XBackendTrafficPolicy and, since 1.32, XBackend of the Gateway API are read."},
}

// String returns the identifier of the row.
func (b Behaviour) String() string { return table[b].ID }
