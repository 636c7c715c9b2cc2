package patch

import (
	"cmp"
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
)

// httpFilters patches the HTTP filters of a connection manager: first the list, then each filter. Where istiod gives up,
// the connection manager stays as it was.
func (x *listenerEdit) httpFilters(f *listenerv3.Filter) error {
	patches := slices.DeleteFunc(x.chainPatches(networking.EnvoyFilter_HTTP_FILTER), func(p *Patch) bool {
		name, anchored := p.networkFilter()
		return anchored && name != f.GetName()
	})
	manager := &hcmv3.HttpConnectionManager{}
	if len(patches) == 0 || f.GetTypedConfig() == nil || f.GetTypedConfig().UnmarshalTo(manager) != nil {
		return nil
	}
	for _, p := range patches {
		name, anchored := p.httpFilter()
		var did bool
		if manager.HttpFilters, did = edited(manager.HttpFilters, p, anchored, named[*hcmv3.HttpFilter](name, anchored)); did {
			x.changedFilter(p, manager.GetHttpFilters())
		}
	}
	for _, h := range manager.GetHttpFilters() {
		if err := x.mergeHTTPFilter(h, patches); err != nil {
			return err
		}
	}
	f.ConfigType = &listenerv3.Filter_TypedConfig{TypedConfig: packed(manager)}
	return nil
}

func (x *listenerEdit) mergeHTTPFilter(h *hcmv3.HttpFilter, patches []*Patch) error {
	for _, p := range patches {
		name, anchored := p.httpFilter()
		if p.Operation != merge || p.value == nil || anchored && name != h.GetName() || h.GetTypedConfig() == nil {
			continue
		}
		value := p.value.(*hcmv3.HttpFilter)
		if config := value.GetTypedConfig(); config != nil {
			merged, err := mergeConfig(h.GetTypedConfig(), config)
			if err != nil {
				return err
			}
			if merged != nil {
				h.ConfigType = &hcmv3.HttpFilter_TypedConfig{TypedConfig: merged}
			}
		}
		h.Name = cmp.Or(value.GetName(), h.GetName())
		x.changedFilter(p, []*hcmv3.HttpFilter{h})
	}
	return nil
}

// changedFilter records the change of the chain, and of the filter of its list that a patch added or merged.
func (x *listenerEdit) changedFilter(p *Patch, filters []*hcmv3.HttpFilter) {
	x.changedChain(p)
	value, ok := p.value.(*hcmv3.HttpFilter)
	if !ok {
		return
	}
	name := cmp.Or(value.GetName(), filters[0].GetName())
	x.set.changed(p, envoy.FilterChain(x.listener.GetName(), x.index).Part("http/"+name))
}
