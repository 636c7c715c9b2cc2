package route

import (
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// A Scope is the place that the rules of a VirtualService are translated for: a listener of a sidecar, or the
// server of a gateway.
type Scope struct {
	Gateways []string // names that a rule's match.gateways may mention: "mesh", or "namespace/name" of Gateways
	Port     uint32   // of the listener (a gateway: of the server); 0 where the listener serves every port
	TLS      bool     // the proxy ends TLS at this listener

	// service finds the service of a destination's host, as far as this place can see it; nil for an unknown host.
	Service func(host string) *mesh.Service
}

// cluster is the cluster that a destination leads to.
func (s Scope) cluster(to routing.Destination) string {
	return ClusterName(to, s.Service(to.Host), s.Port)
}
