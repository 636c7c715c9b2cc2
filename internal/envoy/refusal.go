package envoy

import (
	"fmt"
	"net/netip"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	forwardv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/clusters/dynamic_forward_proxy/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
)

// A control plane may send a resource that Envoy would not run at all: it is refused by itself, and the proxy goes on
// without it.

// ListenerRefusal returns why Envoy would not run a listener, and "" where it would.
func ListenerRefusal(l *listenerv3.Listener) string {
	for _, a := range Addresses(l) {
		s := a.GetSocketAddress()
		if s == nil {
			continue
		}
		if _, err := netip.ParseAddr(s.GetAddress()); err != nil {
			return "its address is none"
		}
	}
	for _, c := range l.GetFilterChains() {
		for _, name := range c.GetFilterChainMatch().GetServerNames() {
			if rest := strings.TrimPrefix(name, "*."); strings.Contains(rest, "*") {
				return fmt.Sprintf("the server name %q has a wildcard that is not its first label", name)
			}
		}
		if refused := disorder(c); refused != "" {
			return refused
		}
	}
	if refused := disorder(l.GetDefaultFilterChain()); refused != "" {
		return refused
	}
	return overlap(l)
}

const (
	forwardProxy = "envoy.clusters.dynamic_forward_proxy"
	httpOptions  = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
)

// ClusterRefusal returns why Envoy would not run a cluster, and "" where it would. One that takes its host from the request
// must verify that host, or say that it does not want to.
func ClusterRefusal(c *clusterv3.Cluster) string {
	options := c.GetTypedExtensionProtocolOptions()[httpOptions]
	if c.GetClusterType().GetName() != forwardProxy || options == nil {
		return ""
	}
	names, http := &forwardv3.ClusterConfig{}, &httpv3.HttpProtocolOptions{}
	if c.GetClusterType().GetTypedConfig().UnmarshalTo(names) != nil || options.UnmarshalTo(http) != nil || names.GetAllowInsecureClusterOptions() {
		return ""
	}
	if upstream := http.GetUpstreamHttpProtocolOptions(); upstream.GetAutoSni() && upstream.GetAutoSanValidation() {
		return ""
	}
	return "it takes its host from the request, and its options for HTTP do not set auto_sni and auto_san_validation"
}
