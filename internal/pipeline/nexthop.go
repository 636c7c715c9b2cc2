package pipeline

import (
	"fmt"
	"net/netip"

	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// nextHops finds the proxies behind endpoints of a mesh. It implements [simulate.NextHops].
type nextHops struct {
	world *World
	why   bool
}

// NextHop implements [simulate.NextHops].
func (n nextHops) NextHop(from simulate.Proxy, to simulate.Endpoint) (simulate.NextHop, bool) {
	there := n.world
	if other := there.across(to); other != nil {
		there = other
	}
	p, ok := there.Mesh.ProxyAt(to.Address)
	if !ok {
		return simulate.NextHop{}, false
	}
	next := simulate.Proxy{
		Type: string(p.Type), Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, IPs: texts(p.IPs),
		Locality: p.Locality, Network: p.Network, ServiceAccount: p.ServiceAccount,
	}
	e, err := there.engines.of(next)
	if err != nil {
		return simulate.NextHop{}, false
	}
	hop := simulate.NextHop{Engine: e.simulator(n.why), Proxy: next, Direction: "inbound", Principal: n.world.engines.identity(from)}
	if p.Type == mesh.Gateway {
		hop.Direction = "gateway"
	} else {
		hop.Bypassed = bypass(there, to.Address, to.Port)
	}
	return hop, true
}

// bypass returns why connections to a port of the only Pod at an address go past its sidecar, nil where they do not.
func bypass(w *World, address string, port uint32) *simulate.Bypass {
	pods := w.Mesh.PodsAt(address)
	if len(pods) != 1 {
		return nil
	}
	name := excludedInbound(pods[0].Annotations, port)
	if name == "" {
		return nil
	}
	at := pods[0]
	if w.completed != nil {
		at = w.completed.At(address)
	}
	return &simulate.Bypass{Because: excludes(name), At: *placeOf(at, source.Join(annotationsField(at), name))}
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
