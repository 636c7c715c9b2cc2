package route

import (
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"

	"sem.example/simulate/internal/match"
)

// A FaultRule is what is injected, into which requests.
type FaultRule struct {
	Config     *faultv3.HTTPFault
	Conditions []match.Condition
}

// NewFaultRule compiles the faults of a filter or a route.
func NewFaultRule(c *faultv3.HTTPFault) *FaultRule {
	return &FaultRule{c, match.Mapped(c.GetHeaders(), match.NewRouteHeader)}
}
