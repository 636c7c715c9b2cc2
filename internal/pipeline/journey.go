package pipeline

import (
	"fmt"
	"net/netip"

	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// A journey leads a call from proxy to proxy of one world. It implements [simulate.Path].
type journey struct {
	world *World
	opts  TraceOptions
}

// Behind implements [simulate.Path].
func (j journey) Behind(from simulate.Proxy, to simulate.Endpoint) (simulate.Stop, bool) {
	p, ok := j.world.Mesh.Behind(to.Address)
	if !ok {
		return simulate.Stop{}, false
	}
	asked := simulate.Proxy{
		Type: string(p.Type), Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, IPs: addresses(p.IPs),
		Locality: p.Locality, Network: p.Network, ServiceAccount: p.ServiceAccount,
	}
	e, err := j.world.engine(asked)
	if err != nil {
		return simulate.Stop{}, false
	}
	stop := simulate.Stop{Engine: e.simulator(j.opts), Proxy: asked, Direction: "inbound", Principal: j.world.identity(from)}
	if p.Type == mesh.Gateway {
		stop.Direction = "gateway"
	}
	return stop, true
}

// identity is the SPIFFE identity that a proxy's workload certificate proves.
func (w *World) identity(p simulate.Proxy) string {
	account := p.ServiceAccount
	if e, err := w.engine(p); err == nil && account == "" {
		account = e.view.Proxy.ServiceAccount
	}
	if account == "" {
		account = "default"
	}
	return fmt.Sprintf("spiffe://%s/ns/%s/sa/%s", w.Mesh.Settings.Config.GetTrustDomain(), p.Namespace, account)
}

func addresses(ips []netip.Addr) []string {
	var out []string
	for _, ip := range ips {
		out = append(out, ip.String())
	}
	return out
}
