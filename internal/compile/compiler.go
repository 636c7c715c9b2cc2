package compile

import (
	"cmp"
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/compile/cluster"
	"sem.example/internal/compile/gateway"
	"sem.example/internal/compile/inbound"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/outbound"
	"sem.example/internal/compile/security"
	"sem.example/internal/compile/sharing"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
)

// A Compiler builds the resources of one proxy: each at most once where it is asked for by name, see [envoy.Resources], and
// anew for who wants them all, see [envoy.Lists].
type Compiler struct {
	view    *mesh.View
	group   any                        // keeps what the proxy shares with others alive
	common  *sharing.Member[*Compiler] // builds what the proxy shares with others, see [Cache]; nil where it is alone
	origins origin.Store
	access  *security.Access

	unmodelled lazy.Value[[]envoy.NotModelled]

	tables    *lazy.Value[[]string]                    // the names of all route tables
	outbounds lazy.Map[uint32, []*listenerv3.Listener] // by port

	listeners     lazy.Map[uint32, []*listenerv3.Listener] // by port
	virtual       lazy.Map[string, *listenerv3.Listener]   // the listeners that every port shares
	routes        lazy.Map[string, *routev3.RouteConfiguration]
	clusters      lazy.Map[string, *clusterv3.Cluster]
	endpoints     lazy.Map[string, *endpointv3.ClusterLoadAssignment]
	clusterOrigin lazy.Map[string, envoy.Origins] // see clusterOrigins
	upstream      *cluster.Builder

	inbound      *inbound.Builder
	outbound     *outbound.Builder
	outboundView *mesh.View // of the outbound builder, recorded; nil outside a Cache
	gateway      *gateway.Builder
}

var (
	_ envoy.Resources  = (*Compiler)(nil)
	_ envoy.HostFinder = (*Compiler)(nil)
	_ envoy.Lists      = (*Compiler)(nil)
)

// New returns a compiler for one proxy's view.
func New(view *mesh.View) *Compiler {
	c := &Compiler{view: view, tables: &lazy.Value[[]string]{}}
	c.access = security.New(view)
	c.gateway = gateway.NewBuilder(view, c.access, &c.origins)
	c.upstream = cluster.NewBuilder(view, c.gateway.PassesSNI)
	c.inbound = inbound.NewBuilder(view, c.access, &c.origins, c.upstream)
	c.outbound = outbound.NewBuilder(view, c.access, &c.origins)
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
	return c.listeners.Get(port, func() []*listenerv3.Listener {
		if c.view.IsGateway() {
			return c.gateway.Listeners(port)
		}
		return slices.Concat(shared(c, func(from *Compiler) []*listenerv3.Listener { return from.outboundsAt(port) }), c.inbound.Listeners(port))
	})
}

// outboundsAt returns the listeners of one port for connections that the workload opens.
func (c *Compiler) outboundsAt(port uint32) []*listenerv3.Listener {
	return c.outbounds.Get(port, func() []*listenerv3.Listener { return c.outbound.Listeners(port) })
}

// listenerPorts returns the ports that the proxy has listeners for, the virtual ones apart.
func (c *Compiler) listenerPorts() []uint32 {
	if c.view.IsGateway() {
		return c.gateway.Ports()
	}
	ports := slices.Concat(c.outbound.Ports(), c.inbound.Ports())
	slices.Sort(ports)
	return slices.Compact(ports)
}

// virtualListeners returns the listeners that a connection to any port may be handed to.
func (c *Compiler) virtualListeners() []*listenerv3.Listener {
	if c.view.IsGateway() {
		return nil
	}
	var out []*listenerv3.Listener
	for _, l := range []*listenerv3.Listener{
		c.virtual.Get("virtualInbound", c.inbound.VirtualInbound),
		shared(c, (*Compiler).virtualOutbound),
	} {
		if l != nil {
			out = append(out, l)
		}
	}
	return out
}

func (c *Compiler) virtualOutbound() *listenerv3.Listener {
	return c.virtual.Get("virtualOutbound", c.outbound.VirtualOutbound)
}

// Route implements [envoy.Resources].
func (c *Compiler) Route(name string) *routev3.RouteConfiguration {
	return c.routes.Get(name, func() *routev3.RouteConfiguration {
		if c.view.IsGateway() {
			return c.gateway.Route(name)
		}
		return c.outbound.Route(name)
	})
}

// RouteFor implements [envoy.HostFinder].
func (c *Compiler) RouteFor(name, authority string) *routev3.RouteConfiguration {
	if c.view.IsGateway() {
		return nil
	}
	return c.outbound.RouteFor(name, authority)
}

// Cluster implements [envoy.Resources].
func (c *Compiler) Cluster(name string) *clusterv3.Cluster {
	return ofCluster(c, name, func(from *Compiler) *clusterv3.Cluster {
		return from.clusters.Get(name, func() *clusterv3.Cluster { return from.mutable(name).Build() })
	})
}

// shared builds what a proxy has in common with others, where it has anything in common.
func shared[V any](c *Compiler, build func(*Compiler) V) V {
	if c.common == nil {
		return build(c)
	}
	return sharing.Build(c.common, build)
}

// ofCluster builds something of a cluster. Only clusters for inbound traffic are the proxy's own.
func ofCluster[V any](c *Compiler, name string, build func(*Compiler) V) V {
	if isInboundCluster(name) {
		return build(c)
	}
	return shared(c, build)
}

func isInboundCluster(cluster string) bool {
	return strings.HasPrefix(cluster, "inbound|") || cluster == xds.InboundPassthrough
}

// mutable builds a cluster, or returns nil where there is none of that name.
func (c *Compiler) mutable(cluster string) *cluster.Mutable {
	if isInboundCluster(cluster) {
		return c.inbound.Cluster(cluster)
	}
	return c.upstream.Outbound(cluster)
}

// Endpoints implements [envoy.Resources].
func (c *Compiler) Endpoints(cluster string) *endpointv3.ClusterLoadAssignment {
	return shared(c, func(from *Compiler) *endpointv3.ClusterLoadAssignment {
		return from.endpoints.Get(cluster, func() *endpointv3.ClusterLoadAssignment { return from.upstream.LoadAssignment(cluster) })
	})
}

// OriginsOf implements [envoy.Resources].
func (c *Compiler) OriginsOf(at envoy.Addr) []envoy.Origin {
	if within, ok := strings.CutPrefix(string(at), string(envoy.Cluster(""))); ok {
		return c.originsWithin(within)[at]
	}
	own := c.origins.Of(at)
	if own != nil || c.common == nil {
		return own
	}
	for _, from := range c.common.Used() {
		if found := from.origins.Of(at); found != nil {
			return found
		}
	}
	return nil
}

// originsWithin are the origins of the cluster whose name a path begins with. Names may hold slashes themselves.
func (c *Compiler) originsWithin(path string) envoy.Origins {
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '/') {
		if found := c.clusterOrigins(path[:end]); found != nil {
			return found
		}
	}
	return nil
}

// clusterOrigins returns where the parts of a cluster are written; nil for an unknown one.
func (c *Compiler) clusterOrigins(name string) envoy.Origins {
	return ofCluster(c, name, func(from *Compiler) envoy.Origins {
		return from.clusterOrigin.Get(name, func() envoy.Origins { return from.upstream.OriginsOf(from.mutable(name)) })
	})
}

// Routes builds all route tables that a listener names.
func (c *Compiler) Routes() []*routev3.RouteConfiguration {
	return every(c.tables.Get(func() []string { return routeNames(c.ListenersOn(0)) }), c.Route)
}

// Clusters builds all clusters.
func (c *Compiler) Clusters() []*clusterv3.Cluster { return every(c.clusterNames(), c.Cluster) }

// AllEndpoints builds the endpoints of all clusters that fetch them.
func (c *Compiler) AllEndpoints() []*endpointv3.ClusterLoadAssignment {
	return every(c.clusterNames(), c.Endpoints)
}

// clusterNames returns the names of all clusters of the proxy, sorted.
func (c *Compiler) clusterNames() []string {
	names := slices.Concat(shared(c, func(from *Compiler) []string { return from.upstream.Names() }), inbound.ClusterNames(c.view))
	slices.Sort(names)
	return slices.Compact(names)
}

func sortListeners(ls []*listenerv3.Listener) []*listenerv3.Listener {
	slices.SortStableFunc(ls, func(a, b *listenerv3.Listener) int { return cmp.Compare(a.Name, b.Name) })
	return ls
}
