package upstream

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
)

// outlierOf describes when an endpoint is ejected.
func outlierOf(c *clusterv3.Cluster) map[string]string {
	o, s := c.GetOutlierDetection(), settings{}
	s.count("consecutive5xx", o.GetConsecutive_5Xx())
	s.count("consecutiveGatewayFailure", o.GetConsecutiveGatewayFailure())
	s.count("consecutiveLocalOriginFailure", o.GetConsecutiveLocalOriginFailure())
	s.count("maxEjectionPercent", o.GetMaxEjectionPercent())
	s.duration("interval", o.GetInterval())
	s.duration("baseEjectionTime", o.GetBaseEjectionTime())
	return s.orNil()
}
