package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// gatewaysOf returns the gateways that a VirtualService is bound to, by full name; "mesh" stands for the sidecars.
func gatewaysOf(o *config.Object) []string {
	names := config.Spec[*networking.VirtualService](o).GetGateways()
	if len(names) == 0 {
		return []string{mesh.MeshGateway}
	}
	full := make([]string, len(names))
	for i, n := range names {
		full[i] = fullGateway(n, o)
	}
	return full
}

func fullGateway(name string, o *config.Object) string {
	if name == mesh.MeshGateway {
		return name
	}
	return mesh.FullGateway(name, o.Namespace)
}

// boundTo says whether a VirtualService is bound to a gateway.
func boundTo(o *config.Object, gateway string) bool { return slices.Contains(gatewaysOf(o), gateway) }

// ruledHosts returns the services whose host a VirtualService names.
func (s *Scope) ruledHosts(o *config.Object) []*mesh.Service {
	view := s.client(o.Namespace)
	var found []*mesh.Service
	for _, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
		if svc := view.Service(s.full(h, o)); svc != nil {
			found = append(found, svc)
		}
	}
	return found
}

// limitedTo says whether the matches of a destination's rule keep it from requests to a port.
func (s *Scope) limitedTo(t target, port uint32) bool {
	matches := config.Spec[*networking.VirtualService](t.object).GetHttp()[t.rule].GetMatch()
	if len(matches) == 0 {
		return false
	}
	return !slices.ContainsFunc(matches, func(m *networking.HTTPMatchRequest) bool {
		mesh := len(m.GetGateways()) == 0 || slices.Contains(m.GetGateways(), "mesh")
		return mesh && (m.GetPort() == 0 || m.GetPort() == port)
	})
}
