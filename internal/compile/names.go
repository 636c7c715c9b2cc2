package compile

import (
	"strconv"

	"sem.example/internal/clustername"
)

// The clusters and route tables that istiod names itself.
const (
	blackHole          = "BlackHoleCluster"
	passthrough        = "PassthroughCluster"
	inboundPassthrough = "InboundPassthroughCluster"
	anyDynamicDNS      = "AllowAnyDynamicDNSCluster"
	httpProxyRoute     = "http_proxy"
)

// outboundName is the name of the cluster of a subset ("" for the whole) of a service's port.
func outboundName(port uint32, subset, host string) string {
	return clustername.Outbound(port, subset, host).String()
}

// sniName is the name of the same cluster as it appears in the SNI of mesh-internal TLS.
func sniName(port uint32, subset, host string) string {
	return clustername.Outbound(port, subset, host).ServerName()
}

// listenerName is the name of the listener of an address and a port.
func listenerName(address string, port uint32) string { return address + "_" + strconv.Itoa(int(port)) }
