package hcm

import (
	"fmt"

	"sem.example/simulate/decision"
)

// limited records the limits of the route: those that somebody asked for, not what every route has by default.
func limited(x *Stream) {
	p := &x.Route.Action.Policy
	asked := len(x.Places.Places(x.spot("retry"))) > 0
	if p.Retries != nil && x.Explains && !asked {
		x.Step("retries", "", decision.RouteRetries{Retries: p.Retries, Default: true})
	}
	if p.Timeout != "" {
		x.Step("timeout", p.Timeout, decision.RouteTimeout{}, x.spot("timeout"))
	}
	if asked {
		x.Step("retries", "", decision.RouteRetries{Retries: p.Retries}, x.spot("retry"))
	}
	for i, m := range p.Mirrors {
		x.Step("mirror", m.Cluster, decision.RouteMirror{Mirror: m}, x.spot(fmt.Sprintf("mirror/%d", i)))
	}
}
