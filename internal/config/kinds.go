package config

import (
	"strings"

	extensions "istio.io/api/extensions/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	telemetry "istio.io/api/telemetry/v1alpha1"

	"sem.example/internal/gatewayapi"
	"sem.example/internal/source"
)

// A groupKind names a kind among those of all API groups; the group of Kubernetes' core is "".
type groupKind struct{ group, kind string }

// A kind is how the objects of one kind are read.
type kind struct {
	versions []string
	decode   func(root *source.Node) (any, []fault) // nil: only the metadata matters
	cluster  bool                                   // objects have no namespace
	opaque   bool                                   // no check looks at most of their fields
}

// The API groups whose kinds are read.
const (
	networkingGroup = "networking.istio.io"
	securityGroup   = "security.istio.io"
	telemetryGroup  = "telemetry.istio.io"
	extensionsGroup = "extensions.istio.io"
)

var (
	networkingVersions   = []string{"v1", "v1beta1", "v1alpha3"}
	securityVersions     = []string{"v1", "v1beta1"}
	gatewayVersions      = []string{"v1", "v1beta1", "v1alpha2", "v1alpha3"}
	experimentalVersions = []string{"v1alpha1"}
	v1                   = []string{"v1"}
)

// kinds are all that is read. A kind of Istio's groups that is not here does not exist; any other is counted and skipped.
var kinds = map[groupKind]kind{
	{networkingGroup, "DestinationRule"}: {versions: networkingVersions, decode: message[networking.DestinationRule]},
	{networkingGroup, "Gateway"}:         {versions: networkingVersions, decode: message[networking.Gateway]},
	{networkingGroup, "ServiceEntry"}:    {versions: networkingVersions, decode: message[networking.ServiceEntry]},
	{networkingGroup, "Sidecar"}:         {versions: networkingVersions, decode: message[networking.Sidecar]},
	{networkingGroup, "VirtualService"}:  {versions: networkingVersions, decode: message[networking.VirtualService]},
	{networkingGroup, "WorkloadEntry"}:   {versions: networkingVersions, decode: message[networking.WorkloadEntry]},
	{networkingGroup, "WorkloadGroup"}:   {versions: networkingVersions, decode: message[networking.WorkloadGroup]},

	{securityGroup, "AuthorizationPolicy"}:   {versions: securityVersions, decode: message[security.AuthorizationPolicy]},
	{securityGroup, "PeerAuthentication"}:    {versions: securityVersions, decode: message[security.PeerAuthentication]},
	{securityGroup, "RequestAuthentication"}: {versions: securityVersions, decode: message[security.RequestAuthentication]},

	{networkingGroup, "EnvoyFilter"}:      {versions: []string{"v1alpha3"}, decode: message[networking.EnvoyFilter]},
	{networkingGroup, "ProxyConfig"}:      {versions: []string{"v1beta1"}, opaque: true},
	{telemetryGroup, "Telemetry"}:         {versions: []string{"v1", "v1alpha1"}, decode: message[telemetry.Telemetry], opaque: true},
	{extensionsGroup, "TrafficExtension"}: {versions: []string{"v1alpha1"}, decode: message[extensions.TrafficExtension], opaque: true},
	{extensionsGroup, "WasmPlugin"}:       {versions: []string{"v1alpha1"}, decode: message[extensions.WasmPlugin], opaque: true},

	{gatewayapi.Group, "BackendTLSPolicy"}: {versions: gatewayVersions, decode: content[gatewayapi.BackendTLSPolicy]},
	{gatewayapi.Group, "GRPCRoute"}:        {versions: gatewayVersions, decode: content[gatewayapi.GRPCRoute]},
	{gatewayapi.Group, "Gateway"}:          {versions: gatewayVersions, decode: content[gatewayapi.Gateway]},
	{gatewayapi.Group, "GatewayClass"}:     {versions: gatewayVersions, decode: content[gatewayapi.GatewayClass], cluster: true},
	{gatewayapi.Group, "HTTPRoute"}:        {versions: gatewayVersions, decode: content[gatewayapi.HTTPRoute]},
	{gatewayapi.Group, "ListenerSet"}:      {versions: gatewayVersions, decode: content[gatewayapi.ListenerSet]},
	{gatewayapi.Group, "ReferenceGrant"}:   {versions: gatewayVersions, decode: content[gatewayapi.ReferenceGrant]},
	{gatewayapi.Group, "TCPRoute"}:         {versions: gatewayVersions, decode: content[gatewayapi.ConnectionRoute]},
	{gatewayapi.Group, "TLSRoute"}:         {versions: gatewayVersions, decode: content[gatewayapi.ConnectionRoute]},

	{gatewayapi.ExperimentalGroup, "XBackend"}:              {versions: experimentalVersions, decode: content[gatewayapi.XBackend]},
	{gatewayapi.ExperimentalGroup, "XBackendTrafficPolicy"}: {versions: experimentalVersions, decode: content[gatewayapi.XBackendTrafficPolicy]},

	{"", "ConfigMap"}:      {versions: v1, decode: content[ConfigMap]},
	{"", "Endpoints"}:      {versions: v1, decode: content[Endpoints]},
	{"", "Namespace"}:      {versions: v1, decode: content[Namespace], cluster: true},
	{"", "Node"}:           {versions: v1, decode: content[Node], cluster: true},
	{"", "Pod"}:            {versions: v1, decode: content[Pod]},
	{"", "Secret"}:         {versions: v1, decode: secret},
	{"", "Service"}:        {versions: v1, decode: content[Service]},
	{"", "ServiceAccount"}: {versions: v1},

	{"discovery.k8s.io", "EndpointSlice"}: {versions: []string{"v1", "v1beta1"}, decode: content[EndpointSlice]},

	{"networking.k8s.io", "Ingress"}:      {versions: v1, decode: content[Ingress]},
	{"networking.k8s.io", "IngressClass"}: {versions: v1, decode: content[IngressClass], cluster: true},

	{"", "ReplicationController"}: {versions: v1, decode: workload},
	{"apps", "DaemonSet"}:         {versions: v1, decode: workload},
	{"apps", "Deployment"}:        {versions: v1, decode: workload},
	{"apps", "ReplicaSet"}:        {versions: v1, decode: workload},
	{"apps", "StatefulSet"}:       {versions: v1, decode: workload},
	{"batch", "CronJob"}:          {versions: v1, decode: cronJob},
	{"batch", "Job"}:              {versions: v1, decode: workload},
}

// group and version are the two parts of an apiVersion.
func groupVersion(apiVersion string) (group, version string) {
	group, version, found := strings.Cut(apiVersion, "/")
	if !found {
		return "", apiVersion
	}
	return group, version
}

// istio reports whether a group belongs to Istio.
func istio(group string) bool { return strings.HasSuffix(group, ".istio.io") }
