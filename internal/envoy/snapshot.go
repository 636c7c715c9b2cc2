package envoy

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// Resources answers by name what one proxy runs. Lookups of unknown names return nil. Implementations are safe for
// concurrent use and always return the same message for the same name.
type Resources interface {
	// ListenersOn returns the listeners that a connection to a destination port could be handed to, the virtual
	// listeners (virtualOutbound, virtualInbound) always among them; port 0 asks for every listener. Order is by name.
	ListenersOn(port uint32) []*listenerv3.Listener
	Route(name string) *routev3.RouteConfiguration
	Cluster(name string) *clusterv3.Cluster
	Endpoints(cluster string) *endpointv3.ClusterLoadAssignment
	OriginsOf(at Addr) []Origin
}

// A HostFinder is implemented by Resources that can build one virtual host of a large route table without the others.
type HostFinder interface {
	// RouteFor returns the named route table with a single virtual host: the one that serves an authority by an exact
	// domain or by the longest wildcard. It returns nil where there is none, or where the table is only had as a whole.
	RouteFor(name, authority string) *routev3.RouteConfiguration
}

// NotModelled is something of the input that would change the proxy's configuration and that sem does not model.
type NotModelled struct {
	What   string // "EnvoyFilter default/lua", "CUSTOM AuthorizationPolicy …"
	Reason string
	Issuer string // not empty: it matters only to requests with a token of this issuer
	Origin Origin
}

// A Workload is what a proxy reports of its workload in its metadata.
type Workload struct {
	Name           string // of the Deployment or the like that owns the Pod
	ServiceAccount string
	Labels         map[string]string
}

// A Snapshot is everything that one proxy runs, each list sorted by name.
type Snapshot struct {
	Node         string // the id by which the proxy names itself, "sidecar~10.0.0.7~web-1.shop~shop.svc.cluster.local"; "" where unknown
	IstioVersion string // that the proxy reports in its metadata: "1.30.3"; "" where unknown
	Workload     Workload
	Static       []Addr // of a dump, the listeners and clusters that the proxy has from its bootstrap
	Listeners    []*listenerv3.Listener
	Routes       []*routev3.RouteConfiguration
	Clusters     []*clusterv3.Cluster
	Endpoints    []*endpointv3.ClusterLoadAssignment
	Extensions   []*corev3.TypedExtensionConfig
	Origins      Origins
	NotModelled  []NotModelled
}
