package patch

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
)

// The filters by which istiod has a proxy observe traffic. They decide nothing, and sem leaves them out of what it builds.
const (
	metadataExchange = "istio.metadata_exchange"
	grpcStats        = "envoy.filters.http.grpc_stats"
)

// authenticators are the HTTP filters that istiod puts before grpc_stats.
var authenticators = []string{"envoy.filters.http.jwt_authn", "istio_authn", "envoy.filters.http.rbac", "envoy.filters.http.ext_authz"}

// observe puts the filters that only observe traffic where istiod has them, for patches to name.
func (x *listenerEdit) observe() {
	for _, c := range x.everyChain() {
		for _, f := range c.GetFilters() {
			editManager(f, func(m *hcmv3.HttpConnectionManager) { m.HttpFilters = observed(m.HttpFilters) })
		}
		if x.context == Inbound && len(c.GetFilters()) > 0 {
			c.Filters = slices.Insert(c.GetFilters(), 0, &listenerv3.Filter{Name: metadataExchange})
		}
	}
}

// unobserve removes them again, where a patch has given them no configuration.
func (x *listenerEdit) unobserve() {
	for _, c := range x.everyChain() {
		for _, f := range c.GetFilters() {
			editManager(f, func(m *hcmv3.HttpConnectionManager) {
				m.HttpFilters = slices.DeleteFunc(m.HttpFilters, func(h *hcmv3.HttpFilter) bool {
					return (h.GetName() == metadataExchange || h.GetName() == grpcStats) && h.GetConfigType() == nil
				})
			})
		}
		c.Filters = slices.DeleteFunc(c.GetFilters(), func(f *listenerv3.Filter) bool {
			return f.GetName() == metadataExchange && f.GetConfigType() == nil
		})
	}
}

func (x *listenerEdit) everyChain() []*listenerv3.FilterChain {
	chains := slices.Clone(x.listener.GetFilterChains())
	if c := x.listener.GetDefaultFilterChain(); c != nil {
		chains = append(chains, c)
	}
	return chains
}

// observed is a list of HTTP filters with those that only observe: metadata_exchange first, grpc_stats behind the
// filters that authenticate and authorize.
func observed(filters []*hcmv3.HttpFilter) []*hcmv3.HttpFilter {
	after := slices.IndexFunc(filters, func(h *hcmv3.HttpFilter) bool { return !slices.Contains(authenticators, h.GetName()) })
	if after < 0 {
		after = len(filters)
	}
	filters = slices.Insert(filters, after, &hcmv3.HttpFilter{Name: grpcStats})
	return slices.Insert(filters, 0, &hcmv3.HttpFilter{Name: metadataExchange})
}

// managerOf returns the connection manager that a network filter is, or nil.
func managerOf(f *listenerv3.Filter) *hcmv3.HttpConnectionManager {
	manager := &hcmv3.HttpConnectionManager{}
	if f.GetTypedConfig() == nil || !f.GetTypedConfig().MessageIs(manager) || f.GetTypedConfig().UnmarshalTo(manager) != nil {
		return nil
	}
	return manager
}

// editManager changes a network filter that is a connection manager.
func editManager(f *listenerv3.Filter, edit func(*hcmv3.HttpConnectionManager)) {
	if manager := managerOf(f); manager != nil {
		edit(manager)
		f.ConfigType = &listenerv3.Filter_TypedConfig{TypedConfig: packed(manager)}
	}
}
