package pipeline

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// observers are the filters of istiod that only watch requests and exchange what statistics say of the peer.
var observers = []string{
	"istio.metadata_exchange", "istio.stats", "istio.peer_metadata", "istio_authn", "envoy.filters.http.grpc_stats", "envoy.filters.network.metadata_exchange",
}

// unrendered are the fields, by their message, that istiod writes and that are not derived from files.
var unrendered = map[protoreflect.Name][]protoreflect.Name{
	"Listener":              {"max_connections_to_accept_per_socket_event", "listener_filters_timeout", "continue_on_listener_filters_timeout"},
	"HttpConnectionManager": {"request_id_extension"},
	"RouteConfiguration":    {"max_direct_response_body_size_bytes"},
}

// dropObservers takes the filters that only watch requests out of a message.
func dropObservers(m proto.Message) {
	switch m := m.(type) {
	case *listenerv3.FilterChain:
		m.Filters = slices.DeleteFunc(m.GetFilters(), observes)
	case *hcmv3.HttpConnectionManager:
		m.HttpFilters = slices.DeleteFunc(m.GetHttpFilters(), observes)
	case *clusterv3.Cluster:
		m.Filters = slices.DeleteFunc(m.GetFilters(), observes)
	}
}

func observes[F interface{ GetName() string }](f F) bool {
	return slices.Contains(observers, f.GetName())
}

// dropUnrendered takes the fields that are not derived from files out of a message.
func dropUnrendered(m proto.Message) {
	r := m.ProtoReflect()
	for _, name := range unrendered[r.Descriptor().Name()] {
		if f := r.Descriptor().Fields().ByName(name); f != nil {
			r.Clear(f)
		}
	}
}
