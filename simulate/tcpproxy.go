package simulate

import (
	"net"
	"strconv"
	"strings"

	sniv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"

	"sem.example/internal/envoy"
)

// A tcpProxy forwards bytes without reading them.
type tcpProxy struct {
	proto   *tcpv3.TcpProxy
	targets []weighted
	unread  []string
}

func newTCPProxy(p *tcpv3.TcpProxy) *tcpProxy {
	out := &tcpProxy{proto: p, unread: unread(p, "the TCP proxy")}
	if p.GetWeightedClusters() == nil {
		out.targets = []weighted{{cluster: p.GetCluster(), share: 1}}
		return out
	}
	var total float64
	for _, w := range p.GetWeightedClusters().GetClusters() {
		total += float64(w.GetWeight())
	}
	for _, w := range p.GetWeightedClusters().GetClusters() {
		if w.GetWeight() > 0 {
			out.targets = append(out.targets, weighted{cluster: w.GetName(), share: float64(w.GetWeight()) / total})
		}
	}
	return out
}

// tcp forwards the connection.
func (r *run) tcp(p *tcpProxy, sniCluster bool, chain envoy.Addr) outcome {
	r.passes(p.unread)
	if to := p.proto.GetTunnelingConfig().GetHostname(); to != "" {
		r.tunnelled = true
		r.step("tunnel", "CONNECT "+to, "the bytes travel inside a request that asks the upstream for this", at(chain))
	}
	targets := p.targets
	if sniCluster && r.conn.sni != "" {
		targets = []weighted{{cluster: strings.ToLower(r.conn.sni), share: 1}}
	}
	if len(targets) > 1 {
		r.step("route", "weighted clusters", "the connection is spread by weight", at(chain))
	}
	ways := make([]way, 0, len(targets))
	for i, t := range targets {
		ways = append(ways, r.way(t.cluster, t.share, nil, targetAt(chain, i)))
	}
	r.idle(duration(p.proto.GetIdleTimeout()), targets)
	return r.take(ways)
}

// asks is the host and port that the filter makes the proxy resolve.
func (f *networkFilter) asks(sni string) string {
	if sni == "" {
		return ""
	}
	port := uint32(443)
	if c, ok := f.message.(*sniv3.FilterConfig); ok && c.GetPortValue() != 0 {
		port = c.GetPortValue()
	}
	return net.JoinHostPort(sni, strconv.FormatUint(uint64(port), 10))
}
