package network

import (
	"strings"

	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// A tcpProxy forwards bytes without reading them.
type tcpProxy struct {
	proto       *tcpv3.TcpProxy
	clusters    []clusterShare
	unsupported []string
}

// A clusterShare is the part of the connections that a cluster receives.
type clusterShare struct {
	cluster string
	of      float64
}

// Ways are the clusters of the proxy, for a connection that ends the same way whichever is chosen.
func (p *tcpProxy) Ways(end decision.Outcome) []upstream.Selection {
	var out []upstream.Selection
	for _, t := range p.clusters {
		out = append(out, upstream.Selection{Name: t.cluster, Share: t.of, Outcome: end})
	}
	return out
}

func newTCPProxy(p *tcpv3.TcpProxy) *tcpProxy {
	out := &tcpProxy{proto: p, unsupported: decision.UnsupportedFields(p, "the TCP proxy")}
	if p.GetWeightedClusters() == nil {
		out.clusters = []clusterShare{{p.GetCluster(), 1}}
		return out
	}
	var total float64
	for _, w := range p.GetWeightedClusters().GetClusters() {
		total += float64(w.GetWeight())
	}
	for _, w := range p.GetWeightedClusters().GetClusters() {
		if w.GetWeight() > 0 {
			out.clusters = append(out.clusters, clusterShare{w.GetName(), float64(w.GetWeight()) / total})
		}
	}
	return out
}

// tcp forwards the connection.
func (p *tcpProxy) Forward(r *upstream.Forwarder, sniCluster bool, chain envoy.Addr) decision.Outcome {
	r.NotModelled(p.unsupported...)
	if to := p.proto.GetTunnelingConfig().GetHostname(); to != "" {
		r.Tunnelled = true
		r.Step("tunnel", "CONNECT "+to, decision.Tunnel{Hostname: to}, decision.At(chain))
	}
	clusters := p.clusters
	if sniCluster && r.Conn.SNI != "" {
		clusters = []clusterShare{{strings.ToLower(r.Conn.SNI), 1}}
	}
	if len(clusters) > 1 {
		r.Step("route", "weighted clusters", decision.WeightedConnection{}, decision.At(chain))
	}
	ways := make([]upstream.Selection, 0, len(clusters))
	for i, t := range clusters {
		ways = append(ways, r.Select(t.cluster, t.of, nil, decision.DestinationAt(chain, i)))
	}
	if len(ways) > 0 {
		r.Idle(decision.FormatDuration(p.proto.GetIdleTimeout()), ways)
	}
	return r.Send(ways)
}
