package facts

import (
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// MutualTLS knows which workloads demand mutual TLS.
type MutualTLS struct {
	docs *Documents

	*mutualTLSIndexes
}

// mutualTLSIndexes are what does not depend on the documents that findings are wanted about.
type mutualTLSIndexes struct {
	modes      memo[string, NamespaceMode]
	exceptions lazy[map[string]bool]
}

// InMesh reports whether an endpoint takes Istio's mutual TLS.
func InMesh(e *mesh.Endpoint) bool { return e.TLSMode == "istio" }

const Strict = security.PeerAuthentication_MutualTLS_STRICT

// A NamespaceMode is the mode of mutual TLS in which the ordinary workloads of a namespace take connections, and where it is written.
type NamespaceMode struct {
	Mode security.PeerAuthentication_MutualTLS_Mode
	By   config.Place
}

// Mode is the mode of the workloads of a namespace that no policy selects.
func (s *MutualTLS) Mode(namespace string) NamespaceMode {
	return s.modes.get(namespace, func() NamespaceMode {
		mode, by := s.docs.Client(namespace).MutualTLS(0)
		return NamespaceMode{mode, by}
	})
}

// WithWorkloadPolicies returns the namespaces of which a PeerAuthentication sets another mode for some workloads.
func (s *MutualTLS) WithWorkloadPolicies() map[string]bool {
	return s.exceptions.get(func() map[string]bool {
		relaxed := map[string]bool{}
		for _, o := range s.docs.Mesh.Objects("PeerAuthentication") {
			if len(config.Spec[*security.PeerAuthentication](o).GetSelector().GetMatchLabels()) > 0 {
				relaxed[o.Namespace] = true
			}
		}
		return relaxed
	})
}
