package compile

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A Compiler builds the resources of one proxy, each at most once. It implements [envoy.Resources].
type Compiler struct {
	view    *mesh.View
	kin     *Compiler // builds what the proxy has in common with others, see [Family]; the compiler itself where it is alone
	origins ledger

	egress    lazy[[]*egress] // see egresses
	ruled     memo[ruledKey, []routeDraft]
	outbounds memo[uint32, []*listenerv3.Listener] // by port

	listeners memo[uint32, []*listenerv3.Listener] // by port
	virtual   memo[string, *listenerv3.Listener]   // the listeners that every port shares
	routes    memo[string, *routev3.RouteConfiguration]
	tables    memo[string, *outboundTable]
	clusters  memo[string, *clusterv3.Cluster]
	endpoints memo[string, *endpointv3.ClusterLoadAssignment]
	places    memo[mesh.Written, []envoy.Origin] // see fieldsOf
	hosts     memo[hostPort, []envoy.Origin]     // see describeService
	tags      memo[*mesh.Service, *structpb.Value]

	targets  lazy[[]mesh.Target]   // see served
	inbound  lazy[[]*inboundPort]  // see inboundPorts
	merged   lazy[*gatewayServers] // see servers
	tokens   lazy[authentication]
	policies memo[guarded, authorization]
}

var (
	_ envoy.Resources  = (*Compiler)(nil)
	_ envoy.HostFinder = (*Compiler)(nil)
)

// New returns a compiler for one proxy's view.
func New(view *mesh.View) *Compiler {
	c := &Compiler{view: view}
	c.kin = c
	return c
}

// ListenersOn implements [envoy.Resources].
func (c *Compiler) ListenersOn(port uint32) []*listenerv3.Listener {
	all := slices.Clone(c.virtualListeners())
	if port != 0 {
		return sortListeners(append(all, c.listenersAt(port)...))
	}
	for _, port := range c.listenerPorts() {
		all = append(all, c.listenersAt(port)...)
	}
	return sortListeners(all)
}

// listenersAt returns the listeners of one port, the virtual ones apart. Port 0 has those on Unix sockets.
func (c *Compiler) listenersAt(port uint32) []*listenerv3.Listener {
	return c.listeners.get(port, func() []*listenerv3.Listener {
		if c.gateway() {
			return c.gatewayListeners(port)
		}
		return slices.Concat(c.kin.outboundsAt(port), c.ingressListeners(port))
	})
}

// outboundsAt returns the listeners of one port for connections that the workload opens.
func (c *Compiler) outboundsAt(port uint32) []*listenerv3.Listener {
	return c.outbounds.get(port, func() []*listenerv3.Listener { return c.outboundListeners(port) })
}

func (c *Compiler) gateway() bool { return c.view.Proxy.Type == mesh.Gateway }

// listenerPorts returns the ports that the proxy has listeners for, the virtual ones apart.
func (c *Compiler) listenerPorts() []uint32 {
	if c.gateway() {
		return c.gatewayPorts()
	}
	ports := slices.Concat(c.kin.outboundPorts(), c.ingressListenerPorts())
	slices.Sort(ports)
	return slices.Compact(ports)
}

// virtualListeners returns the listeners that a connection to any port may be handed to.
func (c *Compiler) virtualListeners() []*listenerv3.Listener {
	if c.gateway() {
		return nil
	}
	var out []*listenerv3.Listener
	for _, l := range []*listenerv3.Listener{
		c.virtual.get("virtualInbound", c.virtualInbound),
		c.kin.virtual.get("virtualOutbound", c.kin.virtualOutbound),
	} {
		if l != nil {
			out = append(out, l)
		}
	}
	return out
}

// Route implements [envoy.Resources].
func (c *Compiler) Route(name string) *routev3.RouteConfiguration {
	return c.routes.get(name, func() *routev3.RouteConfiguration {
		if c.gateway() {
			return c.gatewayRoute(name)
		}
		return c.outboundRoute(name)
	})
}

// Cluster implements [envoy.Resources].
func (c *Compiler) Cluster(name string) *clusterv3.Cluster {
	if strings.HasPrefix(name, "inbound|") || name == inboundPassthrough {
		return c.clusters.get(name, func() *clusterv3.Cluster { return c.inboundCluster(name) })
	}
	return c.kin.clusters.get(name, func() *clusterv3.Cluster { return c.kin.outboundCluster(name) })
}

// Endpoints implements [envoy.Resources].
func (c *Compiler) Endpoints(cluster string) *endpointv3.ClusterLoadAssignment {
	return c.kin.endpoints.get(cluster, func() *endpointv3.ClusterLoadAssignment { return c.kin.assignment(cluster) })
}

// OriginsOf implements [envoy.Resources].
func (c *Compiler) OriginsOf(at envoy.Addr) []envoy.Origin {
	if own := c.origins.of(at); own != nil || c.kin == c {
		return own
	}
	return c.kin.origins.of(at)
}

// Snapshot builds everything that the proxy runs, with the origins of every part.
func (c *Compiler) Snapshot() *envoy.Snapshot {
	s := c.Resources()
	s.Origins = c.origins.all()
	if c.kin != c {
		maps.Copy(s.Origins, c.kin.origins.all())
	}
	return s
}

// Resources builds everything that the proxy runs, on all cores. The snapshot is without origins, which in a large mesh
// are more than the resources themselves; OriginsOf answers for single addresses.
func (c *Compiler) Resources() *envoy.Snapshot {
	return &envoy.Snapshot{
		Listeners: c.ListenersOn(0), Routes: c.Routes(), Clusters: c.Clusters(), Endpoints: c.AllEndpoints(), NotModelled: c.NotModelled(),
	}
}

// Routes builds all route tables that a listener names.
func (c *Compiler) Routes() []*routev3.RouteConfiguration {
	return every(routeNames(c.ListenersOn(0)), c.Route)
}

// Clusters builds all clusters.
func (c *Compiler) Clusters() []*clusterv3.Cluster { return every(c.clusterNames(), c.Cluster) }

// AllEndpoints builds the endpoints of all clusters that fetch them.
func (c *Compiler) AllEndpoints() []*endpointv3.ClusterLoadAssignment {
	var discovered []string
	for _, cluster := range c.Clusters() {
		if cluster.GetType() == clusterv3.Cluster_EDS {
			discovered = append(discovered, cluster.Name)
		}
	}
	return every(discovered, c.Endpoints)
}

// clusterNames returns the names of all clusters of the proxy, sorted.
func (c *Compiler) clusterNames() []string {
	names := slices.Concat(c.kin.outboundClusters(), c.inboundClusters())
	slices.Sort(names)
	return slices.Compact(names)
}

func sortListeners(ls []*listenerv3.Listener) []*listenerv3.Listener {
	slices.SortStableFunc(ls, func(a, b *listenerv3.Listener) int { return cmp.Compare(a.Name, b.Name) })
	return ls
}
