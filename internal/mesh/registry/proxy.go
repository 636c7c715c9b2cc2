package registry

import (
	"net/netip"
	"slices"
)

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
	Node           string            // that the workload runs on
	DNSCapture     bool              // the proxy answers the application's DNS queries
	Version        string            // of Istio, as the proxy names it: "1.32.0"
	Metadata       map[string]string // of its node
}

// or fills in from another proxy what is open.
func (p Proxy) or(q Proxy) Proxy {
	if len(p.Labels) == 0 {
		p.Labels = q.Labels
	}
	if len(p.IPs) == 0 {
		p.IPs = q.IPs
	}
	if len(q.Metadata) > 0 {
		p.Metadata = united(q.Metadata, p.Metadata)
	}
	for _, f := range []struct{ to, from *string }{
		{&p.Locality, &q.Locality}, {&p.Network, &q.Network}, {&p.ServiceAccount, &q.ServiceAccount}, {&p.Node, &q.Node}, {&p.Version, &q.Version},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	return p
}

// speaks reports whether the proxy has an address of the IP family of another. A proxy without addresses speaks IPv4.
func (p Proxy) speaks(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return true
	}
	if len(p.IPs) == 0 {
		return a.Is4()
	}
	return slices.ContainsFunc(p.IPs, func(ip netip.Addr) bool { return ip.Unmap().Is4() == a.Is4() })
}
