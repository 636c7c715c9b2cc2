package upstream

import (
	"math"
	"strconv"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// A settings map collects what is set; what is not, Envoy's default, stays out.
type settings map[string]string

// count notes a number; the largest one is Istio's way to write "no limit".
func (s settings) count(name string, n *wrapperspb.UInt32Value) {
	if n != nil && n.GetValue() != math.MaxUint32 {
		s[name] = strconv.FormatUint(uint64(n.GetValue()), 10)
	}
}

func (s settings) duration(name string, d *durationpb.Duration) {
	if d != nil {
		s[name] = d.AsDuration().String()
	}
}

func (s settings) orNil() map[string]string {
	if len(s) == 0 {
		return nil
	}
	return s
}

// poolOrder and outlierOrder are the settings in the order in which people are told of them.
var (
	poolOrder    = []string{"maxConnections", "maxPendingRequests", "maxRequests", "maxRetries", "connectTimeout"}
	outlierOrder = []string{"consecutive5xx", "consecutiveGatewayFailure", "consecutiveLocalOriginFailure", "interval", "baseEjectionTime", "maxEjectionPercent"}
)

// poolOf describes the connection pool: the circuit breaker of ordinary requests and the limits of connections.
func poolOf(c *clusterv3.Cluster) map[string]string {
	s := settings{}
	for _, t := range c.GetCircuitBreakers().GetThresholds() {
		if t.GetPriority() == 0 {
			s.count("maxConnections", t.GetMaxConnections())
			s.count("maxPendingRequests", t.GetMaxPendingRequests())
			s.count("maxRequests", t.GetMaxRequests())
			s.count("maxRetries", t.GetMaxRetries())
		}
	}
	s.duration("connectTimeout", c.GetConnectTimeout())
	return s.orNil()
}
