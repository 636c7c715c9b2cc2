package envoy

import (
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
)

// AddressOf returns an address that a host's name stands for, as far as the resources tell: one of the domains beside
// the name in its virtual host, or that of the listener whose bytes go to the host's cluster. It is "" for other names.
func (x *Index) AddressOf(host string) string {
	host = strings.ToLower(host)
	for _, table := range x.snapshot.Routes {
		for _, v := range table.GetVirtualHosts() {
			if a := addressBeside(v, host); a != "" {
				return a
			}
		}
	}
	for _, l := range x.snapshot.Listeners {
		if a := l.GetAddress().GetSocketAddress().GetAddress(); single(a) && l.GetTrafficDirection() != corev3.TrafficDirection_INBOUND && leadsTo(l, host) {
			return a
		}
	}
	return ""
}

// addressBeside returns the address among the domains of a virtual host that has the host for a domain too.
func addressBeside(v *routev3.VirtualHost, host string) string {
	if !slices.Contains(v.GetDomains(), host) {
		return ""
	}
	for _, d := range v.GetDomains() {
		if d = strings.Trim(d, "[]"); single(d) {
			return d
		}
	}
	return ""
}

// single reports whether a text is the address of one machine.
func single(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && !a.IsUnspecified()
}

// leadsTo reports whether a listener passes bytes on to a cluster "outbound|PORT|SUBSET|NAME" of a host, which may be
// given by the first labels of its name.
func leadsTo(l *listenerv3.Listener, host string) bool {
	for _, chain := range l.GetFilterChains() {
		for _, f := range chain.GetFilters() {
			proxy := &tcpproxyv3.TcpProxy{}
			if f.GetTypedConfig().UnmarshalTo(proxy) != nil {
				continue
			}
			name := proxy.GetCluster()
			name = strings.ToLower(name[strings.LastIndexByte(name, '|')+1:])
			if name == host || strings.HasPrefix(name, host+".") && strings.Contains(name, ".svc.") {
				return true
			}
		}
	}
	return false
}
