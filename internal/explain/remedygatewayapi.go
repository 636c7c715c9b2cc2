package explain

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// ofGatewayAPI reports whether the listener of a hop is one of the Gateway API.
func ofGatewayAPI(h *simulate.Hop) bool {
	for _, s := range slices.Backward(h.Steps) {
		if s.Stage == "listener" && len(s.Origins) > 0 {
			return strings.HasPrefix(s.Origins[0].Field, "spec.listeners")
		}
	}
	return false
}

// attachRemedy has a route of the Gateway API attach to the gateway of a hop.
func attachRemedy(h *simulate.Hop, host string) string {
	return fmt.Sprintf("attach an HTTPRoute for %s to %s, which needs a listener with this hostname or without one", host, document(h, "listener", "the Gateway"))
}

// backendRemedy is for a backend that a route must not use, or of a kind that Istio does not know: its cluster has no host.
func backendRemedy(missing decision.MissingCluster) string {
	if missing.Name != "UnknownService" {
		return ""
	}
	return "allow the backend by a ReferenceGrant in its namespace, or use a Service in the namespace of the route"
}
