package envoy

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	forwardv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/clusters/dynamic_forward_proxy/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
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
		if refused := cmp.Or(disorder(c), unverifiable(c.GetTransportSocket())); refused != "" {
			return refused
		}
	}
	last := l.GetDefaultFilterChain()
	if refused := cmp.Or(disorder(last), unverifiable(last.GetTransportSocket())); refused != "" {
		return refused
	}
	return overlap(l)
}

const (
	forwardProxy = "envoy.clusters.dynamic_forward_proxy"
	httpOptions  = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
)

// ClusterRefusal returns why Envoy would not run a cluster, and "" where it would.
func ClusterRefusal(c *clusterv3.Cluster) string {
	refused := cmp.Or(unverifiedHost(c), tooLargeRing(c), unverifiable(c.GetTransportSocket()))
	for _, m := range c.GetTransportSocketMatches() {
		refused = cmp.Or(refused, unverifiable(m.GetTransportSocket()))
	}
	return refused
}

// tooLargeRing returns why Envoy would not make the ring of a cluster, and "" where it would.
func tooLargeRing(c *clusterv3.Cluster) string {
	const most = 8 << 20
	if c.GetRingHashLbConfig().GetMinimumRingSize().GetValue() > most {
		return fmt.Sprintf("the minimum size of its hash ring is more than %d", most)
	}
	return ""
}

// unverifiable returns why Envoy would not make a TLS socket, and "" where it would: names in the certificate of the peer
// are not compared unless a trusted authority vouches for the certificate. Authorities that arrive as a secret are none of
// Envoy's concern here: it waits for them.
func unverifiable(socket *corev3.TransportSocket) string {
	var common *tlsv3.CommonTlsContext
	upstream, downstream := &tlsv3.UpstreamTlsContext{}, &tlsv3.DownstreamTlsContext{}
	switch config := socket.GetTypedConfig(); {
	case config.MessageIs(downstream) && config.UnmarshalTo(downstream) == nil:
		common = downstream.GetCommonTlsContext()
	case config.MessageIs(upstream) && config.UnmarshalTo(upstream) == nil:
		common = upstream.GetCommonTlsContext()
	}
	v := common.GetValidationContext()
	if v.GetTrustedCa() != nil || v.GetCustomValidatorConfig() != nil || len(v.GetMatchSubjectAltNames())+len(v.GetMatchTypedSubjectAltNames()) == 0 {
		return ""
	}
	return "it compares the names in certificates of peers and has no authority that vouches for them"
}

// unverifiedHost returns why Envoy would not run a cluster that takes its host from the request, and "" where it would: it
// must verify that host, or say that it does not want to.
func unverifiedHost(c *clusterv3.Cluster) string {
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
