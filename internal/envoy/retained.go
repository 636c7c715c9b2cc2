package envoy

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/proto"
)

// Retained returns the endpoints that Envoy keeps of those that a control plane delivers for a cluster, and how many it
// leaves out: of several with one address it keeps the first, whatever their weights, labels and localities are. The
// endpoints are the message itself where all are kept.
//
// Envoy does this for clusters of type EDS only (EdsClusterImpl::BatchUpdateHelper::updateLocalityEndpoints).
func Retained(load *endpointv3.ClusterLoadAssignment) (kept *endpointv3.ClusterLoadAssignment, repeated int) {
	seen := map[socket]bool{}
	first := make([][]*endpointv3.LbEndpoint, len(load.GetEndpoints()))
	for i, l := range load.GetEndpoints() {
		for _, e := range l.GetLbEndpoints() {
			if at := socketOf(e.GetEndpoint().GetAddress()); seen[at] {
				repeated++
			} else {
				seen[at] = true
				first[i] = append(first[i], e)
			}
		}
	}
	if repeated == 0 {
		return load, 0
	}
	kept = proto.CloneOf(load)
	for i, own := range first {
		kept.Endpoints[i].LbEndpoints = own
	}
	return kept, repeated
}

// A socket is what endpoints of one address have in common.
type socket struct {
	host, pipe, listener, id string
	port                     uint32
}

func socketOf(a *corev3.Address) socket {
	s, internal := a.GetSocketAddress(), a.GetEnvoyInternalAddress()
	return socket{s.GetAddress(), a.GetPipe().GetPath(), internal.GetServerListenerName(), internal.GetEndpointId(), s.GetPortValue()}
}
