package compile

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"sem.example/internal/parallel"
)

// every builds what has a name, on all cores, and returns it in the order of the names. What comes to nothing is left
// out.
func every[M any](names []string, build func(name string) *M) []*M {
	built := make([]*M, len(names))
	parallel.Each(len(names), func(i int) { built[i] = build(names[i]) })
	return slices.DeleteFunc(built, func(m *M) bool { return m == nil })
}

// routeNames returns the names of the route tables that listeners fetch, sorted.
func routeNames(listeners []*listenerv3.Listener) []string {
	var names []string
	for _, l := range listeners {
		for _, chain := range append(slices.Clone(l.FilterChains), l.GetDefaultFilterChain()) {
			for _, f := range chain.GetFilters() {
				hcm := &hcmv3.HttpConnectionManager{}
				if f.GetTypedConfig().UnmarshalTo(hcm) == nil && hcm.GetRds() != nil {
					names = append(names, hcm.GetRds().RouteConfigName)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
