package proxy

import "sem.example/internal/mesh"

// TargetBehind is what lies behind a port of a service that the proxy serves: the first of that number, or nil.
func TargetBehind(view *mesh.View, number uint32) *mesh.Target {
	for _, t := range view.Targets() {
		_, off := t.Service.Labels["experimental.istio.io/disable-gateway-port-translation"]
		if t.Port.Number == number && !(off && view.IsGateway()) {
			return &t
		}
	}
	return nil
}
