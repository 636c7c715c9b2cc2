package mesh

import (
	"net/netip"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
)

// ProxyAt returns the proxy that takes the connections to an address: that of a gateway's Pod, or the sidecar of a Pod or
// WorkloadEntry. The second result is false where the input knows of no proxy there. Of several Pods of one address, as those
// of the host's network have, none is known.
func (m *Mesh) ProxyAt(address string) (Proxy, bool) {
	if pods := m.PodsAt(address); len(pods) == 1 {
		return m.proxyOfPod(pods[0])
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return Proxy{}, false
	}
	for _, o := range m.Objects("WorkloadEntry") {
		spec := config.Spec[*networking.WorkloadEntry](o)
		if spec.GetAddress() != address || registry.TLSMode(spec.GetLabels(), "disabled") != "istio" {
			continue
		}
		p, _ := m.Proxy(Proxy{Type: Sidecar, Namespace: o.Namespace, Name: o.Name, IPs: []netip.Addr{ip}})
		return p, true
	}
	return Proxy{}, false
}

func (m *Mesh) proxyOfPod(o *config.Object) (Proxy, bool) {
	gateway, _ := m.Proxy(Proxy{Type: Gateway, Namespace: o.Namespace, Name: o.Name})
	if m.View(gateway).ServesGateways() {
		return gateway, true
	}
	if registry.TLSMode(o.Labels, "disabled") != "istio" && !runsProxy(config.Spec[*config.Pod](o)) {
		return Proxy{}, false
	}
	p, _ := m.Proxy(Proxy{Type: Sidecar, Namespace: o.Namespace, Name: o.Name})
	return p, true
}

// runsProxy reports whether a Pod runs a sidecar, as a container or as a native sidecar.
func runsProxy(p *config.Pod) bool {
	isProxy := func(c config.Container) bool { return c.Name == "istio-proxy" && !slices.Contains(c.Args, "router") }
	return slices.ContainsFunc(p.Spec.Containers, isProxy) ||
		slices.ContainsFunc(p.Spec.InitContainers, func(c config.Container) bool { return isProxy(c) && c.RestartPolicy == "Always" })
}
