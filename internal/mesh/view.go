package mesh

import (
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A View is what one proxy sees of a mesh. Its methods are safe for concurrent use.
type View struct {
	Mesh     *Mesh
	Sidecar  *config.Object // the Sidecar in force, or nil
	Egress   []*EgressListener
	Outbound *networking.OutboundTrafficPolicy // in force, never nil
	Policy   config.Place                      // where it is written; zero for the default

	proxy   Proxy
	reads   *Reads // of a recorded view, else nil
	scope   *scope
	targets func() []ServiceTarget
	rules   memo[string, *DestinationRule] // by host
}

// View returns what one proxy sees. Proxies of one namespace share most of it.
func (m *Mesh) View(p Proxy) *View {
	if p.Type == Gateway {
		return m.viewWith(p, nil)
	}
	return m.viewWith(p, m.sidecars.of(p))
}

// viewWith returns what a proxy sees that a Sidecar serves, or none if it is nil.
func (m *Mesh) viewWith(p Proxy, sidecar *config.Object) *View {
	v := &View{Mesh: m, proxy: p, Sidecar: sidecar}
	v.scope = m.scope(p, v.Sidecar)
	v.Egress = v.scope.egress
	v.targets = sync.OnceValue(func() []ServiceTarget { return m.Targets(v.Proxy().All()) })
	v.Outbound, v.Policy = m.outbound(v.Sidecar)
	return v
}

// Services returns every service that the proxy may reach, one a host, in istiod's order.
func (v *View) Services() []*Service { return v.scope.services }

// Service returns the service of a host as the proxy sees it, or nil.
func (v *View) Service(host string) *Service { return v.scope.service(host) }

// ServiceFor returns the service of a host as a rule of a namespace means it at a gateway: that namespace's own, where the
// proxy may see it, else the one that the proxy sees.
func (v *View) ServiceFor(host, namespace string) *Service {
	if s := v.Mesh.Owner(host, namespace); s != nil && s.VisibleIn(v.Proxy().Namespace()) {
		return s
	}
	return v.Service(host)
}

// Endpoints returns the endpoints of a port of a service, unhealthy ones included, sorted as istiod sorts them. Services
// that DNS resolves find them by the port's number, all others by its name.
func (v *View) Endpoints(s *Service, port *Port) []*Endpoint {
	if s.Resolution.IsDNS() {
		return v.Mesh.Instances(s, port)
	}
	return v.Mesh.Endpoints(s, port)
}

// Instances returns the endpoints of a port of a service whatever resolves them: names of hosts are among them also
// where the service has known addresses only.
func (v *View) Instances(s *Service, port *Port) []*Endpoint {
	return v.Mesh.Instances(s, port)
}

// VirtualServices returns the VirtualServices bound to a gateway ("mesh", or "namespace/name"), in order of precedence.
func (v *View) VirtualServices(gateway string) []*VirtualService {
	return v.Mesh.virtualServices.to(v.Proxy().Namespace(), gateway)
}

// Targets returns what the proxy's workload serves, in istiod's order: by the age and host of the service.
func (v *View) Targets() []ServiceTarget { return v.targets() }

// NetworkGateways returns the gateways between the networks of the mesh, sorted by address and port.
func (v *View) NetworkGateways() []*NetworkGateway { return v.Mesh.NetworkGateways() }

// Identities returns the identities that endpoints of a service may show.
func (v *View) Identities(s *Service) []string { return v.Mesh.Identities(s) }

// HiddenEndpoints returns what might serve a port of a service and does not, with the reason.
func (v *View) HiddenEndpoints(s *Service, port *Port) []config.Ignored {
	return v.Mesh.HiddenEndpoints(s, port)
}

// IsGateway reports whether the proxy is a gateway.
func (v *View) IsGateway() bool { return v.proxy.Type == Gateway }
