package xds

import (
	"strconv"

	"sem.example/internal/clustername"
)

// The clusters and route tables that istiod names itself.
const (
	BlackHole          = "BlackHoleCluster"
	Passthrough        = "PassthroughCluster"
	InboundPassthrough = "InboundPassthroughCluster"
	AnyDynamicDNS      = "AllowAnyDynamicDNSCluster"
	HTTPProxyRoute     = "http_proxy"
)

// OutboundCluster is the name of the cluster of a subset ("" for the whole) of a service's port.
func OutboundCluster(port uint32, subset, host string) string {
	return clustername.Outbound(port, subset, host).String()
}

// SNICluster is the name of the same cluster as it appears in the SNI of mesh-internal TLS.
func SNICluster(port uint32, subset, host string) string {
	return clustername.Outbound(port, subset, host).ServerName()
}

// ListenerName is the name of the listener of an address and a port.
func ListenerName(address string, port uint32) string { return address + "_" + strconv.Itoa(int(port)) }
