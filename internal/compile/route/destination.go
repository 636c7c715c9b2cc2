package route

import (
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// ClusterName names the cluster of a destination. Without a port of its own the destination means the only port
// of its service, else the port that the listener has.
func ClusterName(to routing.Destination, s *mesh.Service, listener uint32) string {
	host, port := to.Host, listener
	if host == "" {
		return "UnknownService"
	}
	if s != nil && s.ExternalName != "" {
		host = s.ExternalName
	}
	switch {
	case to.Port != 0:
		port = to.Port
	case s != nil && len(s.Ports) == 1:
		port = s.Ports[0].Number
	}
	return xds.OutboundCluster(port, to.Subset, host)
}

// DestinationRule is the DestinationRule in force for a host, or nil.
func DestinationRule(view *mesh.View, host string) *mesh.DestinationRule {
	if s := view.Service(host); s != nil {
		return view.DestinationRule(s)
	}
	return nil
}
