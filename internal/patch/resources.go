package patch

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
)

// A Compiled proxy is what its resources are before patches.
type Compiled interface {
	envoy.Resources
	envoy.HostFinder
	envoy.Lists

	// Snapshot returns everything that the proxy runs, with the origins of every part; Resources the same without origins.
	Snapshot() *envoy.Snapshot
	Resources() *envoy.Snapshot
	// NotModelled lists what of the input would change the resources and is not in them.
	NotModelled() []envoy.NotModelled
	// ListenPort returns the port on which the proxy listens for a port of its service.
	ListenPort(port uint32) uint32
}

// Resources are the resources of one proxy as EnvoyFilters leave them. They are patched when they are asked for. Its
// methods are safe for concurrent use.
type Resources struct {
	Compiled
	set     *Patches
	gateway bool

	tables   lazy.Map[string, *routev3.RouteConfiguration]
	clusters lazy.Map[string, *clusterv3.Cluster]

	mu      sync.Mutex // of the origins
	origins envoy.Origins
	order   numbering

	listeners func() []*listenerv3.Listener
	added     func() map[string]*clusterv3.Cluster
}

var _ Compiled = (*Resources)(nil)

// Apply returns the resources of a proxy with the EnvoyFilters applied that are attached to it.
func Apply(compiled Compiled, set *Patches, gateway bool) *Resources {
	x := &Resources{Compiled: compiled, set: set, gateway: gateway, origins: envoy.Origins{}, order: numbering{}}
	set.record, set.order = x.changed, x.ordered
	x.listeners = sync.OnceValue(x.patchListeners)
	x.added = sync.OnceValue(x.addedClusters)
	return x
}

// changed records the origin of a change: the patch, which defines what it adds.
func (x *Resources) changed(at envoy.Addr, p *Patch) {
	role := envoy.Modifies
	if p.Operation == add {
		role = envoy.Defines
	}
	o := envoy.Of(p.Filter.Doc, p.Field, role)
	x.mu.Lock()
	defer x.mu.Unlock()
	same := func(known envoy.Origin) bool { return known.Doc == o.Doc && known.Field == o.Field }
	if !slices.ContainsFunc(x.origins[at], same) {
		x.origins.Add(at, o)
	}
}

// ordered notes the order of a list that patches have changed.
func (x *Resources) ordered(list envoy.Addr, numbers []int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.order[list] = numbers
}

// OriginsOf implements [envoy.Resources].
func (x *Resources) OriginsOf(at envoy.Addr) []envoy.Origin {
	x.mu.Lock()
	at = x.order.before(at)
	patched := x.origins[at]
	x.mu.Unlock()
	return slices.Concat(x.Compiled.OriginsOf(at), patched)
}

// outbound is the context of what the proxy sends.
func (x *Resources) outbound() Context {
	if x.gateway {
		return Gateway
	}
	return Outbound
}

// ListenersOn implements [envoy.Resources].
func (x *Resources) ListenersOn(port uint32) []*listenerv3.Listener {
	if !x.set.TouchesListeners(x.outbound()) && (x.gateway || !x.set.TouchesListeners(Inbound) && !x.set.TouchesRoutes(Inbound)) {
		return x.Compiled.ListenersOn(port)
	}
	all := x.listeners()
	if port == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(l *listenerv3.Listener) bool {
		return !envoy.Virtual(l) && !slices.ContainsFunc(envoy.Addresses(l), func(a *corev3.Address) bool {
			return a.GetSocketAddress().GetPortValue() == port
		})
	})
}

// patchListeners patches all listeners, group by group: virtualOutbound is a group of its own to which nothing is added.
func (x *Resources) patchListeners() []*listenerv3.Listener {
	var inbound, outbound, redirected []*listenerv3.Listener
	for _, l := range x.Compiled.ListenersOn(0) {
		switch {
		case l.GetName() == "virtualOutbound":
			redirected = append(redirected, l)
		case l.GetTrafficDirection() == corev3.TrafficDirection_INBOUND:
			inbound = append(inbound, x.set.inboundRoutes(l))
		default:
			outbound = append(outbound, l)
		}
	}
	outbound, _ = x.set.Listeners(x.outbound(), outbound)
	if !x.gateway {
		inbound, _ = x.set.Listeners(Inbound, inbound)
		redirected, _ = x.set.withoutAdds().Listeners(Outbound, redirected)
	}
	all := slices.Concat(inbound, outbound, redirected)
	slices.SortStableFunc(all, func(a, b *listenerv3.Listener) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return all
}

// Route implements [envoy.Resources].
func (x *Resources) Route(name string) *routev3.RouteConfiguration {
	table := x.Compiled.Route(name)
	if !x.set.TouchesRoutes(x.outbound()) {
		return table
	}
	return x.tables.Get(name, func() *routev3.RouteConfiguration { return x.set.RouteConfiguration(x.outbound(), table) })
}

// RouteFor implements [envoy.HostFinder]. A table that patches may change is only had as a whole.
func (x *Resources) RouteFor(name, authority string) *routev3.RouteConfiguration {
	if x.set.TouchesRoutes(x.outbound()) {
		return nil
	}
	return x.Compiled.RouteFor(name, authority)
}

// Cluster implements [envoy.Resources].
func (x *Resources) Cluster(name string) *clusterv3.Cluster {
	if c := x.added()[name]; c != nil {
		return c
	}
	context := x.outbound()
	if strings.HasPrefix(name, "inbound|") || name == "InboundPassthroughCluster" {
		context = Inbound
	}
	c := x.Compiled.Cluster(name)
	if c == nil || !x.set.TouchesClusters(context) {
		return c
	}
	return x.clusters.Get(name, func() *clusterv3.Cluster { return x.set.Cluster(context, c) })
}

func (x *Resources) addedClusters() map[string]*clusterv3.Cluster {
	all := x.set.AddedClusters(x.outbound())
	if !x.gateway {
		all = append(all, x.set.AddedClusters(Inbound)...)
	}
	out := map[string]*clusterv3.Cluster{}
	for _, c := range all {
		if out[c.GetName()] == nil {
			out[c.GetName()] = c
		}
	}
	return out
}

// Endpoints implements [envoy.Resources]. A cluster that patches remove has none.
func (x *Resources) Endpoints(cluster string) *endpointv3.ClusterLoadAssignment {
	return x.Compiled.Endpoints(cluster)
}

// List implements [envoy.Lists].
func (x *Resources) List(t envoy.Type) envoy.List {
	switch t {
	case envoy.Listeners:
		return envoy.ListOf(x.ListenersOn(0))
	case envoy.Routes:
		return mapped(x.Compiled.List(t), func(m proto.Message) proto.Message {
			return x.Route(m.(*routev3.RouteConfiguration).GetName())
		})
	case envoy.Clusters:
		return x.clusterList()
	case envoy.Extensions:
		fetched := envoy.Fetched(x.ListenersOn(0))
		all := x.set.Extensions(fetched)
		for _, c := range gathered[*corev3.TypedExtensionConfig](x.Compiled.List(t)) {
			if fetched[c.GetName()] {
				all = append(all, c)
			}
		}
		return envoy.ListOf(all)
	default:
		return mapped(x.Compiled.List(t), func(m proto.Message) proto.Message {
			if x.Cluster(m.(*endpointv3.ClusterLoadAssignment).GetClusterName()) == nil {
				return nil
			}
			return m
		})
	}
}

// mapped is a list with each of its resources replaced; a resource that is replaced by nil is left out.
func mapped(list envoy.List, replace func(proto.Message) proto.Message) envoy.List {
	return envoy.List{Len: list.Len, At: func(i int) proto.Message {
		if m := list.At(i); m != nil {
			return replace(m)
		}
		return nil
	}}
}

// clusterList is the clusters as patches leave them, those that patches add among them, by name.
func (x *Resources) clusterList() envoy.List {
	list := x.Compiled.List(envoy.Clusters)
	if !x.set.TouchesClusters(x.outbound()) && (x.gateway || !x.set.TouchesClusters(Inbound)) {
		return list
	}
	var all []*clusterv3.Cluster
	for i := range list.Len {
		if m := list.At(i); m != nil {
			name := m.(*clusterv3.Cluster).GetName()
			if c := x.Cluster(name); c != nil && x.added()[name] == nil {
				all = append(all, c)
			}
		}
	}
	all = slices.AppendSeq(all, maps.Values(x.added()))
	slices.SortFunc(all, func(a, b *clusterv3.Cluster) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return envoy.ListOf(all)
}

// Resources returns everything that the proxy runs, without origins.
func (x *Resources) Resources() *envoy.Snapshot {
	return &envoy.Snapshot{
		Listeners: gathered[*listenerv3.Listener](x.List(envoy.Listeners)), Routes: gathered[*routev3.RouteConfiguration](x.List(envoy.Routes)),
		Clusters: gathered[*clusterv3.Cluster](x.List(envoy.Clusters)), Endpoints: gathered[*endpointv3.ClusterLoadAssignment](x.List(envoy.Endpoints)),
		Extensions:  gathered[*corev3.TypedExtensionConfig](x.List(envoy.Extensions)),
		NotModelled: x.NotModelled(),
	}
}

func gathered[M proto.Message](list envoy.List) []M {
	var out []M
	for i := range list.Len {
		if m, ok := list.At(i).(M); ok {
			out = append(out, m)
		}
	}
	return out
}

// Snapshot returns everything that the proxy runs, with the origins of every part.
func (x *Resources) Snapshot() *envoy.Snapshot {
	s := x.Resources()
	s.Origins = x.Compiled.Snapshot().Origins
	x.mu.Lock()
	defer x.mu.Unlock()
	for at, origins := range x.origins {
		s.Origins.Add(at, origins...)
	}
	if len(x.order) == 0 {
		return s
	}
	before := s.Origins
	s.Origins = make(envoy.Origins, len(before))
	for at, origins := range before {
		if now := x.order.after(at); now != "" {
			s.Origins.Add(now, origins...)
		}
	}
	return s
}
