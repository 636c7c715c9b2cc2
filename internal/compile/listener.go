package compile

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
)

// outboundPorts returns the ports that the sidecar has outbound listeners for, sorted.
func (c *Compiler) outboundPorts() []uint32 { return nil }

// outboundListeners builds the listeners of one port, for every address that is bound.
func (c *Compiler) outboundListeners(port uint32) []*listenerv3.Listener { return nil }

// virtualOutbound builds the listener that receives every connection of the workload.
func (c *Compiler) virtualOutbound() *listenerv3.Listener { return nil }

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
