package patch

import (
	"cmp"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// connectionManager is the name of the network filter that reads HTTP.
const connectionManager = "envoy.filters.network.http_connection_manager"

// networkFilters patches the network filters of the chain at hand: first the list, then each filter.
func (x *listenerEdit) networkFilters() error {
	patches := x.chainPatches(networking.EnvoyFilter_NETWORK_FILTER)
	for _, p := range patches {
		name, anchored := p.networkFilter()
		var did bool
		if x.chain.Filters, did = edited(x.chain.Filters, p, anchored, named[*listenerv3.Filter](name, anchored)); did {
			x.changedChain(p)
		}
	}
	for _, f := range x.chain.GetFilters() {
		if err := x.mergeNetworkFilter(f, patches); err != nil {
			return err
		}
		if f.GetName() == connectionManager {
			if err := x.httpFilters(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *listenerEdit) mergeNetworkFilter(f *listenerv3.Filter, patches []*Patch) error {
	for _, p := range patches {
		name, anchored := p.networkFilter()
		if p.Operation != merge || p.value == nil || anchored && name != f.GetName() || f.GetTypedConfig() == nil {
			continue
		}
		value := p.value.(*listenerv3.Filter)
		if config := value.GetTypedConfig(); config != nil {
			merged, err := mergeConfig(f.GetTypedConfig(), config)
			if err != nil {
				return err
			}
			if merged != nil {
				f.ConfigType = &listenerv3.Filter_TypedConfig{TypedConfig: merged}
			}
		}
		f.Name = cmp.Or(value.GetName(), f.GetName())
		x.changedChain(p)
	}
	return nil
}
