package mesh

import (
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
)

// A View is what one proxy sees of a mesh.
type View struct {
	Mesh     *Mesh
	Proxy    Proxy
	Sidecar  *config.Object // the Sidecar in force, or nil
	Egress   []*EgressListener
	Outbound *networking.OutboundTrafficPolicy // in force, never nil
	Policy   Written                           // where it is written; zero for the default
}

// Services returns every service that the proxy may reach, one a host, in istiod's order.
func (v *View) Services() []*Service { panic("not yet") }

// Service returns the service of a host as the proxy sees it, or nil.
func (v *View) Service(host string) *Service { panic("not yet") }

// DestinationRule returns the rule in force for a service, or nil.
func (v *View) DestinationRule(s *Service) *DestinationRule { panic("not yet") }

// Endpoints returns the endpoints of a port of a service, unhealthy ones included, sorted as istiod sorts them. Services
// that DNS resolves find them by the port's number, all others by its name.
func (v *View) Endpoints(s *Service, port *Port) []*Endpoint { panic("not yet") }

// Targets returns what the proxy's workload serves, in istiod's order.
func (v *View) Targets() []Target { panic("not yet") }

// Gateways returns the Gateways that select the proxy, the oldest first.
func (v *View) Gateways() []*config.Object { panic("not yet") }

// VirtualServices returns the VirtualServices bound to a gateway ("mesh", or "namespace/name"), in order of precedence.
func (v *View) VirtualServices(gateway string) []*VirtualService { panic("not yet") }

// MutualTLS returns the mode in force at a port of the proxy's workload (0: outside any port), and who set it.
func (v *View) MutualTLS(port uint32) (security.PeerAuthentication_MutualTLS_Mode, Written) {
	panic("not yet")
}

// MutualTLSPorts returns the ports of the proxy's workload that a PeerAuthentication sets a mode of their own for, sorted.
func (v *View) MutualTLSPorts() []uint32 { panic("not yet") }

// ClientMutualTLS returns the mode that clients assume for a service: that of its namespace or mesh.
func (v *View) ClientMutualTLS(s *Service) security.PeerAuthentication_MutualTLS_Mode {
	panic("not yet")
}

// ServerMutualTLS returns the mode in force at an endpoint's port: that of its workload, namespace or mesh.
func (v *View) ServerMutualTLS(e *Endpoint) security.PeerAuthentication_MutualTLS_Mode {
	panic("not yet")
}

// AuthorizationPolicies returns the policies that select the proxy's workload, in istiod's order.
func (v *View) AuthorizationPolicies() []*config.Object { panic("not yet") }

// RequestAuthentications returns the policies that select the proxy's workload, in istiod's order.
func (v *View) RequestAuthentications() []*config.Object { panic("not yet") }

// A NetworkGateway is where workloads of another network are reached.
type NetworkGateway struct {
	Network string
	Cluster string // that the gateway stands in; "" where the mesh's networks list its address
	Address string // an IP, or a name that only clusters resolved by DNS can use
	Port    uint32
	Object  *config.Object // the Service, or where the mesh's networks are written
	Field   string
}

// NetworkGateways returns the gateways between the networks of the mesh, sorted by address and port.
func (v *View) NetworkGateways() []*NetworkGateway { panic("not yet") }

// Identities returns the identities that endpoints of a service may show, those of trust domain aliases included: of the
// service accounts that run them, and those that the service lists itself. They are sorted.
func (v *View) Identities(s *Service) []string { panic("not yet") }
