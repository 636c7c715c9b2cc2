package mesh

import (
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/settings"
)

// The words of the registry and of the settings, for those who use a mesh.
type (
	Settings       = settings.Settings
	Cluster        = registry.Cluster
	Service        = registry.Service
	Port           = registry.Port
	Protocol       = registry.Protocol
	Resolution     = registry.Resolution
	Distribution   = registry.Distribution
	Endpoint       = registry.Endpoint
	Health         = registry.Health
	Proxy          = registry.Proxy
	ProxyType      = registry.ProxyType
	ServiceTarget  = registry.ServiceTarget
	NetworkGateway = registry.NetworkGateway
)

// The values of these words.
const (
	Detected        = registry.Detected
	TCP             = registry.TCP
	UDP             = registry.UDP
	HTTP            = registry.HTTP
	HTTPProxy       = registry.HTTPProxy
	HTTP2           = registry.HTTP2
	GRPC            = registry.GRPC
	GRPCWeb         = registry.GRPCWeb
	HTTPS           = registry.HTTPS
	TLS             = registry.TLS
	Mongo           = registry.Mongo
	Redis           = registry.Redis
	MySQL           = registry.MySQL
	ClientSide      = registry.ClientSide
	DNSLoadBalanced = registry.DNSLoadBalanced
	DNSRoundRobin   = registry.DNSRoundRobin
	OriginalDst     = registry.OriginalDst
	DynamicDNS      = registry.DynamicDNS
	Unresolved      = registry.Unresolved
	Alias           = registry.Alias
	PreferSameZone  = registry.PreferSameZone
	PreferSameNode  = registry.PreferSameNode
	Healthy         = registry.Healthy
	Unhealthy       = registry.Unhealthy
	Draining        = registry.Draining
	Sidecar         = registry.Sidecar
	Gateway         = registry.Gateway
	TProxy          = registry.TProxy
	NotAtAll        = registry.NotAtAll
)

// Functions of the registry and the settings.
var (
	ReadSettings   = settings.Read
	ParseProtocol  = registry.ParseProtocol
	WorkloadLabels = registry.WorkloadLabels
)
