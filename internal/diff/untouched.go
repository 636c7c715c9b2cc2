package diff

import (
	"bytes"
	"encoding/binary"
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
)

// An untouched tells which resources of two sides are the same together with all that they name. These need not be reduced, so that
// the work follows the change and not the mesh.
type untouched struct {
	changed map[string]bool // clusters that differ, or that only one side has
	names   [][]byte        // these, and route tables that differ, as they stand in a message
	framed  *untouched      // without route tables
	none    bool            // nothing is known to be untouched
}

// maxChangedNames is how many names are searched for in a message: of more, all messages are likely to have one.
const maxChangedNames = 100

func newUntouched(old, new *part) *untouched {
	u := &untouched{changed: map[string]bool{}, framed: &untouched{none: true}}
	for _, side := range []*part{old, new} {
		for _, cl := range side.Snapshot.Clusters {
			name := cl.GetName()
			if !proto.Equal(old.resources.Cluster(name), new.resources.Cluster(name)) || !proto.Equal(old.resources.Endpoints(name), new.resources.Endpoints(name)) {
				u.changed[name] = true
			}
		}
	}
	if u.none = len(u.changed) > maxChangedNames || !sameListeners(old, new) && old.overwrites() != new.overwrites(); u.none {
		return u
	}
	for _, name := range sortedKeys(u.changed) {
		u.names = append(u.names, written(name))
	}
	u.framed = &untouched{names: slices.Clip(u.names)}
	for _, side := range []*part{old, new} {
		for _, t := range side.Snapshot.Routes {
			if !u.framed.same(old.resources.Route(t.GetName()), new.resources.Route(t.GetName())) {
				u.names = append(u.names, written(t.GetName()))
			}
		}
	}
	return u
}

func sameListeners(old, new *part) bool {
	if len(old.listeners) != len(new.listeners) {
		return false
	}
	for name, l := range old.listeners {
		if !proto.Equal(l, new.listeners[name]) {
			return false
		}
	}
	return true
}

// written is a text as it stands in a message: behind its length.
func written(text string) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(text))), text...)
}

// same reports whether two messages are the same and name nothing that differs. One that may choose any cluster names all.
func (u *untouched) same(a, b proto.Message) bool {
	if u.none || !proto.Equal(a, b) {
		return false
	}
	if len(u.names) == 0 {
		return true
	}
	raw, err := proto.Marshal(a)
	if err != nil || anyCluster(a, raw) {
		return false
	}
	for _, name := range u.names {
		if bytes.Contains(raw, name) {
			return false
		}
	}
	return true
}

// anyCluster reports whether a message may lead to a cluster that it does not name.
func anyCluster(m proto.Message, raw []byte) bool {
	var hosts []*routev3.VirtualHost
	switch m := m.(type) {
	case *listenerv3.Listener:
		if bytes.Contains(raw, []byte("sni_cluster")) {
			return true
		}
		for _, chain := range append(slices.Clone(m.GetFilterChains()), m.GetDefaultFilterChain()) {
			for _, f := range chain.GetFilters() {
				manager := &hcmv3.HttpConnectionManager{}
				if f.GetTypedConfig().UnmarshalTo(manager) == nil {
					hosts = append(hosts, manager.GetRouteConfig().GetVirtualHosts()...)
				}
			}
		}
	case *routev3.RouteConfiguration:
		hosts = m.GetVirtualHosts()
	case *routev3.VirtualHost:
		hosts = append(hosts, m)
	}
	return slices.ContainsFunc(hosts, choosesCluster)
}

// choosesCluster reports whether a route of a virtual host takes the cluster from the request.
func choosesCluster(v *routev3.VirtualHost) bool {
	return slices.ContainsFunc(v.GetRoutes(), func(r *routev3.Route) bool {
		to := r.GetRoute()
		return to.GetClusterHeader() != "" || to.GetInlineClusterSpecifierPlugin() != nil || to.GetClusterSpecifierPlugin() != "" ||
			slices.ContainsFunc(to.GetWeightedClusters().GetClusters(), func(w *routev3.WeightedCluster_ClusterWeight) bool { return w.GetClusterHeader() != "" })
	})
}
