package mesh

import (
	"maps"
	"slices"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/trafficpolicy"
)

// MutualTLS returns the mode in force at a port of the proxy's workload (0: outside any port), and who set it.
func (v *View) MutualTLS(port uint32) (security.PeerAuthentication_MutualTLS_Mode, config.Place) {
	return v.Mesh.peers.mode(v.Proxy().Namespace(), v.Proxy().All().Labels, port)
}

// MutualTLSPorts returns the ports of the proxy's workload that a PeerAuthentication sets a mode of their own for, sorted.
func (v *View) MutualTLSPorts() []uint32 {
	own := v.Mesh.peers.workload(v.Proxy().Namespace(), v.Proxy().All().Labels)
	if own == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(config.Spec[*security.PeerAuthentication](own).PortLevelMtls))
}

// ClientMutualTLS returns the mode that clients assume for a service: that of its namespace or mesh, and who set it.
func (v *View) ClientMutualTLS(s *Service) (security.PeerAuthentication_MutualTLS_Mode, config.Place) {
	return v.Mesh.peers.assumed(s.Namespace)
}

// ServerMutualTLS returns the mode in force at an endpoint's port: that of its workload, namespace or mesh, and who set it.
func (v *View) ServerMutualTLS(e *Endpoint) (security.PeerAuthentication_MutualTLS_Mode, config.Place) {
	return v.Mesh.peers.mode(e.Namespace, e.Labels, e.Port)
}

// ClientTLS returns the TLS that the DestinationRule of a service sets for the clients of a port and subset.
func (v *View) ClientTLS(s *Service, port *Port, subset string) config.Setting[*networking.ClientTLSSettings] {
	var policy trafficpolicy.Effective
	policy.Apply(v.DestinationRule(s), port.Number, subset)
	return policy.TLS.Setting
}

// LabelTLSMode is the label of workloads that take mutual TLS: see [registry.LabelTLSMode].
const LabelTLSMode = registry.LabelTLSMode

// HiddenPeerAuthentications returns the policies for all workloads of a namespace, or the mesh, that an older one takes
// the place of.
func (m *Mesh) HiddenPeerAuthentications() []config.Ignored { return m.peers.ignored }
