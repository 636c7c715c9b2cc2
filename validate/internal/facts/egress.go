package facts

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// Egress knows where sidecars hand traffic to gateways of the mesh.
type Egress struct {
	docs     *Documents
	routes   *Routes
	rules    *DestinationRules
	gateways *Gateways
}

// An EgressHop is a destination by which sidecars hand traffic to a gateway of the mesh.
type EgressHop struct {
	Destination
	Service *mesh.Service
	Port    *mesh.Port
	TLS     ClientTLS // towards the gateway; the settings are nil where nothing is said
	Servers []Server  // of the gateway, that take a host of the rules; at least one
}

// PortPlace is where the rule names the port of the gateway, or its host where it does not.
func (l EgressHop) PortPlace() Place {
	if l.GetPort() == nil {
		return l.HostPlace()
	}
	return l.Sub("port.number")
}

// Open returns the servers that the hop reaches: those of the port of the Service, or of the port of the workload behind it.
func (l EgressHop) Open() []Server {
	var found []Server
	for _, v := range l.Servers {
		if n := v.GetPort().GetNumber(); n == l.Port.Number || n == l.Port.TargetPort {
			found = append(found, v)
		}
	}
	return found
}

// Encrypted reports whether the sidecar encrypts towards the gateway.
func (l EgressHop) Encrypted() bool {
	return l.TLS.Settings != nil && l.TLS.Settings.GetMode() != networking.ClientTLSSettings_DISABLE
}

// Sends words what the hop carries.
func (l EgressHop) Sends() string {
	switch {
	case l.Encrypted():
		return "TLS of mode " + l.TLS.Settings.GetMode().String()
	case l.Protocol == "http":
		return "plain HTTP"
	case l.Protocol == "tls":
		return "the application's TLS"
	}
	return "TCP"
}

// Fits reports whether a server expects what the hop carries. Of raw TCP nobody knows what it is.
func (l EgressHop) Fits(v Server) bool {
	switch v.Connections() {
	case "HTTP":
		return !l.Encrypted() && l.Protocol != "tls"
	case "TLS":
		return l.Encrypted() || l.Protocol != "http"
	}
	return true
}

// Mutual reports whether the sidecar presents its certificate of the mesh.
func (l EgressHop) Mutual() bool {
	return l.TLS.Settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL
}

// ServerName is the name that a sidecar with mutual TLS of the mesh sends: that of the rule, or that of its cluster.
func (l EgressHop) ServerName() string {
	if sni := l.TLS.Settings.GetSni(); sni != "" {
		return sni
	}
	return clustername.Outbound(l.Port.Number, l.Subset, l.Service.Host).ServerName()
}

// MutualMismatch reports whether only one side of a hop speaks mutual TLS of the mesh, or both do and the names do not meet.
func (l EgressHop) MutualMismatch(v Server) bool {
	if l.Mutual() != v.DemandsMutual() {
		return !l.Mutual() || !v.TakesMutual()
	}
	return l.Mutual() && !v.TakesServerName(l.ServerName())
}

// EachHop calls do for every destination by which rules of VirtualServices make sidecars hand traffic to a gateway that the input
// knows whole: the Service, the port, and servers for one of the hosts.
func (s *Egress) EachHop(rules []*config.Object, do func(EgressHop)) {
	for _, o := range rules {
		for _, t := range s.routes.Destinations(o) {
			if l, ok := s.Hop(t); ok {
				do(l)
			}
		}
	}
}

// Hop returns a destination as a hop to a gateway; the second result is false where it is none, or none that is known whole.
func (s *Egress) Hop(t Destination) (EgressHop, bool) {
	if t.Mirror || !t.FromSidecars() {
		return EgressHop{}, false
	}
	view := s.docs.Client(t.Object.Namespace)
	svc := view.Service(s.docs.FullHost(t.Host, t.Object))
	if svc == nil || !svc.Kubernetes() {
		return EgressHop{}, false
	}
	port := svc.Port(t.GetPort().GetNumber())
	if t.GetPort() == nil && len(svc.Ports) == 1 {
		port = svc.Ports[0]
	}
	if port == nil || port.TargetPortName != "" || s.autoMutual(svc, port) {
		return EgressHop{}, false
	}
	l := EgressHop{Destination: t, Service: svc, Port: port, TLS: TLSTowards(view.DestinationRule(svc), t.Subset, port.Number)}
	for _, g := range s.gateways.SelectedBy(svc) {
		for _, v := range ServersOf(g) {
			if v.RuleKind() != "" && s.servesAny(v, t.Object) {
				l.Servers = append(l.Servers, v)
			}
		}
	}
	return l, len(l.Servers) > 0
}

// autoMutual reports whether an endpoint of a port asks for automatic mutual TLS, which gateways usually do not.
func (s *Egress) autoMutual(svc *mesh.Service, port *mesh.Port) bool {
	return slices.ContainsFunc(s.docs.Client(svc.Namespace).Endpoints(svc, port), InMesh)
}

// servesAny reports whether a server takes one of the hosts of rules, whichever namespace's rules route there.
func (s *Egress) servesAny(v Server, o *config.Object) bool {
	return slices.ContainsFunc(config.Spec[*networking.VirtualService](o).GetHosts(), func(h string) bool {
		return slices.ContainsFunc(v.GetHosts(), func(served string) bool { return mesh.Overlap(ServerHostName(served), s.docs.FullHost(h, o)) })
	})
}
