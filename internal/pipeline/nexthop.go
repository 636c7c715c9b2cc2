package pipeline

import (
	"fmt"
	"net/netip"

	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// nextHops finds the proxies behind endpoints of a mesh. It implements [simulate.NextHops].
type nextHops struct {
	engines *engines
	across  func(simulate.Endpoint) *World // the world of another cluster that an endpoint is in, or nil
	why     bool
}

// NextHop implements [simulate.NextHops].
func (n nextHops) NextHop(from simulate.Proxy, to simulate.Endpoint) (simulate.NextHop, bool) {
	there := n.engines
	if other := n.across(to); other != nil {
		there = &other.engines
	}
	p, ok := there.mesh.ProxyAt(to.Address)
	if !ok {
		return simulate.NextHop{}, false
	}
	next := simulate.Proxy{
		Type: string(p.Type), Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, IPs: texts(p.IPs),
		Locality: p.Locality, Network: p.Network, ServiceAccount: p.ServiceAccount,
	}
	e, err := there.of(next)
	if err != nil {
		return simulate.NextHop{}, false
	}
	hop := simulate.NextHop{Engine: e.simulator(n.why), Proxy: next, Direction: "inbound", Principal: n.engines.identity(from)}
	if p.Type == mesh.Gateway {
		hop.Direction = "gateway"
	}
	return hop, true
}

// identity is the SPIFFE identity that a proxy's workload certificate proves.
func (s *engines) identity(p simulate.Proxy) string {
	account := p.ServiceAccount
	if e, err := s.of(p); err == nil && account == "" {
		account = e.view.Proxy().All().ServiceAccount
	}
	if account == "" {
		account = "default"
	}
	return fmt.Sprintf("spiffe://%s/ns/%s/sa/%s", s.mesh.Settings.Config.GetTrustDomain(), p.Namespace, account)
}

func texts(ips []netip.Addr) []string {
	var out []string
	for _, ip := range ips {
		out = append(out, ip.String())
	}
	return out
}
