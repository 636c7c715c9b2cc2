package mesh

import (
	"maps"
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
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

// HiddenPeerAuthentications returns the policies for all workloads of a namespace, or the mesh, that an older one takes
// the place of.
func (m *Mesh) HiddenPeerAuthentications() []config.Ignored { return m.peers.ignored }
