package proxy

import "sem.example/internal/mesh"

// TargetOnPort is what lies behind a port of a service that the proxy serves: the first of that number, or nil.
func TargetOnPort(view *mesh.View, number uint32) *mesh.ServiceTarget {
	for _, t := range view.Targets() {
		_, off := t.Service.Labels["experimental.istio.io/disable-gateway-port-translation"]
		if t.Port.Number == number && !(off && view.IsGateway()) {
			return &t
		}
	}
	return nil
}
