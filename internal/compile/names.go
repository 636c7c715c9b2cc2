package compile

import (
	"strconv"
	"strings"
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
	return "outbound|" + strconv.Itoa(int(port)) + "|" + subset + "|" + host
}

// sniName is the name of the same cluster as it appears in the SNI of mesh-internal TLS.
func sniName(port uint32, subset, host string) string {
	return "outbound_." + strconv.Itoa(int(port)) + "_." + subset + "_." + host
}

// listenerName is the name of the listener of an address and a port.
func listenerName(address string, port uint32) string { return address + "_" + strconv.Itoa(int(port)) }

// A clusterKey is what the name of a service's cluster is made of.
type clusterKey struct {
	port         uint32
	subset, host string
	sni          bool // the name has the form of an SNI
}

// parseCluster takes the name of an outbound cluster apart.
func parseCluster(name string) (clusterKey, bool) {
	sep, rest := "|", strings.TrimPrefix(name, "outbound|")
	if rest == name {
		if sep, rest = "_.", strings.TrimPrefix(name, "outbound_."); rest == name {
			return clusterKey{}, false
		}
	}
	parts := strings.SplitN(rest, sep, 3)
	if len(parts) != 3 {
		return clusterKey{}, false
	}
	port, err := strconv.ParseUint(parts[0], 10, 16)
	return clusterKey{uint32(port), parts[1], parts[2], sep == "_."}, err == nil
}
