package route

import (
	"net"
	"strconv"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// ConnectionOrigins are those of a TCP or TLS rule and of its destinations.
func ConnectionOrigins(view *mesh.View, r *routing.ConnectionRule) origin.List {
	var out origin.List
	out.Add("", origin.DefinesField(r.At))
	n := 0
	for _, d := range r.Destinations {
		if len(r.Destinations) == 1 || d.Weight > 0 {
			out.Add(origin.Destination(n), origin.DefinesTreeAt(d.At)...)
			n++
		}
	}
	first, subset := r.Destinations[0], ""
	if len(r.Destinations) == 1 {
		subset = first.Subset
	}
	return append(out, ConnectionPolicyOrigins(DestinationRule(view, first.Host), subset)...)
}

// TCPFilters are the filters that send connections to the destinations of a rule, each by its weight.
func TCPFilters(view *mesh.View, set *routing.Rules, to []routing.Destination, port *mesh.Port) []*listenerv3.Filter {
	first := to[0]
	policy := DestinationRule(view, first.Host)
	if len(to) == 1 {
		proxy := xds.TCPProxyTo(ClusterName(first, view.Service(first.Host), port.Number))
		ApplyConnectionPolicy(view, proxy, policy, first.Subset)
		return xds.TCPFilters(port.Protocol, proxy)
	}
	split := &tcpproxyv3.TcpProxy_WeightedCluster{}
	for _, dest := range to {
		if dest.Weight > 0 {
			split.Clusters = append(split.Clusters, &tcpproxyv3.TcpProxy_WeightedCluster_ClusterWeight{
				Name:   ClusterName(dest, view.Service(dest.Host), port.Number),
				Weight: uint32(dest.Weight),
			})
		}
	}
	namespace, name := set.VirtualService()
	proxy := &tcpproxyv3.TcpProxy{
		StatPrefix:       name + "." + namespace,
		ClusterSpecifier: &tcpproxyv3.TcpProxy_WeightedClusters{WeightedClusters: split},
	}
	ApplyConnectionPolicy(view, proxy, policy, "")
	return xds.TCPFilters(port.Protocol, proxy)
}

// ApplyConnectionPolicy applies what a DestinationRule sets for connections as such.
func ApplyConnectionPolicy(_ *mesh.View, out *tcpproxyv3.TcpProxy, rule *mesh.DestinationRule, subset string) {
	p := rule.Connection(subset)
	out.IdleTimeout, out.MaxDownstreamConnectionDuration = p.Pool.Value.GetIdleTimeout(), p.Pool.Value.GetMaxConnectionDuration()
	if p.SourceHash.IsSet() {
		out.HashPolicy = []*typev3.HashPolicy{{PolicySpecifier: &typev3.HashPolicy_SourceIp_{SourceIp: &typev3.HashPolicy_SourceIp{}}}}
	}
	if tunnel := p.Tunnel.Value; tunnel != nil {
		out.TunnelingConfig = &tcpproxyv3.TcpProxy_TunnelingConfig{
			Hostname: net.JoinHostPort(tunnel.TargetHost, strconv.Itoa(int(tunnel.TargetPort))),
			UsePost:  tunnel.Protocol == "POST",
		}
	}
}

// ConnectionPolicyOrigins are the origins of what limitConnections applies.
func ConnectionPolicyOrigins(rule *mesh.DestinationRule, subset string) origin.List {
	p := rule.Connection(subset)
	var out origin.List
	out.AddFields("pool", p.Pool.At)
	out.AddFields("hash", p.SourceHash.At)
	out.AddFields("tunnel", p.Tunnel.At)
	return out
}
