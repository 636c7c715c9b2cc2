package mesh

import "net/netip"

// ProxyType is the role of a proxy.
type ProxyType string

// The proxy types.
const (
	Sidecar ProxyType = "sidecar"
	Gateway ProxyType = "gateway"
)

// A Proxy is the workload that configuration is computed for.
type Proxy struct {
	Type           ProxyType
	Namespace      string
	Name           string
	Labels         map[string]string
	IPs            []netip.Addr
	Locality       string // region/zone/subzone
	Network        string
	ServiceAccount string
	Node           string // that the workload runs on
	DNSCapture     bool   // the proxy answers the application's DNS queries
}
