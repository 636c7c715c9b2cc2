package envoy

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// An Index is the Resources of a proxy whose whole configuration is at hand. Its maps are built once, so that a lookup
// costs the same in a mesh of ten services and of ten thousand.
type Index struct {
	snapshot  *Snapshot
	virtual   []*listenerv3.Listener
	ports     map[uint32][]*listenerv3.Listener
	routes    map[string]*routev3.RouteConfiguration
	clusters  map[string]*clusterv3.Cluster
	endpoints map[string]*endpointv3.ClusterLoadAssignment
}

var (
	_ Resources = (*Index)(nil)
	_ Lists     = (*Index)(nil)
)

// NewIndex indexes a snapshot, which must not change afterwards. Of two resources of one name the first is kept.
func NewIndex(s *Snapshot) *Index {
	x := &Index{
		snapshot:  s,
		ports:     map[uint32][]*listenerv3.Listener{},
		routes:    byName(s.Routes, (*routev3.RouteConfiguration).GetName),
		clusters:  byName(s.Clusters, (*clusterv3.Cluster).GetName),
		endpoints: byName(s.Endpoints, (*endpointv3.ClusterLoadAssignment).GetClusterName),
	}
	for _, l := range s.Listeners {
		if Virtual(l) {
			x.virtual = append(x.virtual, l)
		}
	}
	for _, l := range s.Listeners {
		x.add(l)
	}
	return x
}

// add puts a listener under each of its ports. The virtual listeners are put under every port, in the order of names.
func (x *Index) add(l *listenerv3.Listener) {
	if Virtual(l) {
		for port := range x.ports {
			x.ports[port] = append(x.ports[port], l)
		}
		return
	}
	for _, a := range Addresses(l) {
		port := a.GetSocketAddress().GetPortValue()
		on, seen := x.ports[port]
		if !seen {
			on = x.before(l.GetName())
		}
		if len(on) == 0 || on[len(on)-1] != l {
			x.ports[port] = append(on, l)
		}
	}
}

// before returns the virtual listeners whose names come before a name.
func (x *Index) before(name string) []*listenerv3.Listener {
	var out []*listenerv3.Listener
	for _, v := range x.virtual {
		if v.GetName() < name {
			out = append(out, v)
		}
	}
	return out
}

// ListenersOn implements Resources.
func (x *Index) ListenersOn(port uint32) []*listenerv3.Listener {
	if port == 0 {
		return x.snapshot.Listeners
	}
	if on, ok := x.ports[port]; ok {
		return on
	}
	return x.virtual
}

// Route implements Resources.
func (x *Index) Route(name string) *routev3.RouteConfiguration { return x.routes[name] }

// Cluster implements Resources.
func (x *Index) Cluster(name string) *clusterv3.Cluster { return x.clusters[name] }

// Endpoints implements Resources.
func (x *Index) Endpoints(cluster string) *endpointv3.ClusterLoadAssignment {
	return x.endpoints[cluster]
}

// OriginsOf implements Resources.
func (x *Index) OriginsOf(at Addr) []Origin { return x.snapshot.Origins[at] }

// Virtual reports whether a listener receives connections that were redirected to it, whatever their destination.
func Virtual(l *listenerv3.Listener) bool {
	switch l.GetName() {
	case "virtualInbound", "virtualOutbound":
		return true
	}
	return l.GetUseOriginalDst().GetValue()
}

// Addresses returns all the addresses of a listener, the main one first.
func Addresses(l *listenerv3.Listener) []*corev3.Address {
	out := []*corev3.Address{l.GetAddress()}
	for _, a := range l.GetAdditionalAddresses() {
		out = append(out, a.GetAddress())
	}
	return out
}

func byName[T any](list []T, name func(T) string) map[string]T {
	out := make(map[string]T, len(list))
	for _, v := range list {
		if _, dup := out[name(v)]; !dup {
			out[name(v)] = v
		}
	}
	return out
}

// List implements [Lists].
func (x *Index) List(t Type) List { return x.snapshot.List(t) }
