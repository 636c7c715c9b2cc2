package render

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/envoy"
)

// metadataName is the key of filter_metadata that origins are written under.
const metadataName = "sem"

// annotated returns a copy of a resource that names in its metadata, and in that of each part which has metadata, the
// fields that it was made from.
func annotated(m proto.Message, origins envoy.Origins) proto.Message {
	m = proto.Clone(m)
	a := annotator{origins}
	switch m := m.(type) {
	case *listenerv3.Listener:
		a.listener(m)
	case *routev3.RouteConfiguration:
		a.route(m)
	case *clusterv3.Cluster:
		a.write(&m.Metadata, envoy.Cluster(m.GetName()))
		a.endpoints(m.GetName(), m.GetLoadAssignment())
	case *endpointv3.ClusterLoadAssignment:
		a.endpoints(m.GetClusterName(), m)
	}
	return m
}

type annotator struct{ origins envoy.Origins }

func (a annotator) listener(l *listenerv3.Listener) {
	a.write(&l.Metadata, envoy.Listener(l.GetName()))
	for i, chain := range l.GetFilterChains() {
		a.write(&chain.Metadata, envoy.FilterChain(l.GetName(), i))
	}
	if chain := l.GetDefaultFilterChain(); chain != nil {
		a.write(&chain.Metadata, envoy.FilterChain(l.GetName(), -1))
	}
	envoy.Edit(l, func(part proto.Message) {
		if table, ok := part.(*routev3.RouteConfiguration); ok {
			a.route(table)
		}
	})
}

func (a annotator) route(table *routev3.RouteConfiguration) {
	for _, host := range table.GetVirtualHosts() {
		a.write(&host.Metadata, envoy.VirtualHost(table.GetName(), host.GetName()))
		for i, route := range host.GetRoutes() {
			a.write(&route.Metadata, envoy.Route(table.GetName(), host.GetName(), i))
		}
	}
}

func (a annotator) endpoints(cluster string, load *endpointv3.ClusterLoadAssignment) {
	for _, group := range load.GetEndpoints() {
		for _, e := range group.GetLbEndpoints() {
			a.write(&e.Metadata, envoy.Endpoint(cluster, envoy.HostPort(e.GetEndpoint().GetAddress())))
		}
	}
}

// write adds the origins of an address to metadata. Where there are none, the metadata stays as it is.
func (a annotator) write(m **corev3.Metadata, at envoy.Addr) {
	origins := a.origins[at]
	if len(origins) == 0 {
		return
	}
	list := make([]*structpb.Value, len(origins))
	for i, o := range origins {
		list[i] = structpb.NewStringValue(placeOf(o).String())
	}
	if *m == nil {
		*m = &corev3.Metadata{}
	}
	if (*m).FilterMetadata == nil {
		(*m).FilterMetadata = map[string]*structpb.Struct{}
	}
	(*m).FilterMetadata[metadataName] = &structpb.Struct{Fields: map[string]*structpb.Value{
		"origins": structpb.NewListValue(&structpb.ListValue{Values: list}),
	}}
}
