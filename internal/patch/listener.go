package patch

import (
	"maps"
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
)

var listenerTargets = []networking.EnvoyFilter_ApplyTo{
	networking.EnvoyFilter_LISTENER, networking.EnvoyFilter_LISTENER_FILTER, networking.EnvoyFilter_FILTER_CHAIN,
	networking.EnvoyFilter_NETWORK_FILTER, networking.EnvoyFilter_HTTP_FILTER,
}

// TouchesListeners reports whether a patch may change or add listeners of a context.
func (s *Patches) TouchesListeners(context Context) bool {
	return slices.ContainsFunc(listenerTargets, func(to networking.EnvoyFilter_ApplyTo) bool { return len(s.to(to, context)) > 0 })
}

// Listeners returns a group of listeners as the patches leave it, those that patches add at the end. The group is in the
// order in which istiod builds it. The second result reports whether istiod gave up on the group.
func (s *Patches) Listeners(context Context, group []*listenerv3.Listener) ([]*listenerv3.Listener, bool) {
	if !s.TouchesListeners(context) {
		return group, false
	}
	var out []*listenerv3.Listener
	for i, l := range group {
		x := &listenerEdit{set: s, context: context, listener: proto.Clone(l).(*listenerv3.Listener)}
		x.observe()
		keep, err := x.patch()
		x.unobserve()
		if keep {
			out = append(out, x.listener)
		}
		if err != nil {
			return append(out, group[i+1:]...), true
		}
	}
	for _, p := range s.to(networking.EnvoyFilter_LISTENER, context) {
		if p.adds(context) {
			added := valueAs[*listenerv3.Listener](p)
			s.changed(p, envoy.Listener(added.GetName()))
			out = append(out, added)
		}
	}
	return out, false
}

// patch applies all patches. The first result reports whether the listener stays.
func (x *listenerEdit) patch() (bool, error) {
	for _, p := range x.patches(networking.EnvoyFilter_LISTENER) {
		switch {
		case p.Operation == remove:
			x.changed(p)
			return false, nil
		case p.merges() && p.value != nil:
			p.merge(x.listener)
			x.changed(p)
		}
	}
	if err := x.listenerFilters(); err != nil {
		return true, err
	}
	return true, x.chains()
}

func (x *listenerEdit) listenerFilters() error {
	for _, p := range x.patches(networking.EnvoyFilter_LISTENER_FILTER) {
		name, anchored := p.listenerFilter()
		did := false
		if p.Operation == merge {
			var err error
			if did, err = x.mergeListenerFilters(p, anchored); err != nil {
				return err
			}
		} else {
			x.listener.ListenerFilters, did = edited(x.listener.ListenerFilters, p, anchored, named[*listenerv3.ListenerFilter](name, anchored))
		}
		if did {
			x.changed(p)
		}
	}
	return nil
}

// mergeListenerFilters merges a patch into every listener filter, whatever its name, as istiod does.
func (x *listenerEdit) mergeListenerFilters(p *Patch, anchored bool) (bool, error) {
	if !anchored || p.value == nil {
		return false, nil
	}
	config, did := p.value.(*listenerv3.ListenerFilter).GetTypedConfig(), false
	for _, f := range x.listener.ListenerFilters {
		if f.GetTypedConfig() == nil || config == nil {
			continue
		}
		merged, err := mergeConfig(f.GetTypedConfig(), config)
		if err != nil {
			return did, err
		}
		if merged != nil {
			f.ConfigType, did = &listenerv3.ListenerFilter_TypedConfig{TypedConfig: merged}, true
		}
	}
	return did, nil
}

// withoutAdds are the patches but for those that add listeners.
func (s *Patches) withoutAdds() *Patches {
	out := &Patches{byTarget: maps.Clone(s.byTarget), Options: s.Options, record: s.record, order: s.order}
	out.byTarget[networking.EnvoyFilter_LISTENER] = slices.DeleteFunc(slices.Clone(s.byTarget[networking.EnvoyFilter_LISTENER]),
		func(p *Patch) bool { return p.Operation == add })
	return out
}

// inboundRoutes patches the route tables that an inbound listener holds itself.
func (s *Patches) inboundRoutes(l *listenerv3.Listener) *listenerv3.Listener {
	if !s.TouchesRoutes(Inbound) {
		return l
	}
	x := &listenerEdit{set: s, context: Inbound, listener: proto.Clone(l).(*listenerv3.Listener)}
	for _, c := range x.everyChain() {
		for _, f := range c.GetFilters() {
			editManager(f, func(m *hcmv3.HttpConnectionManager) {
				if table := m.GetRouteConfig(); table != nil {
					m.RouteSpecifier = &hcmv3.HttpConnectionManager_RouteConfig{RouteConfig: s.RouteConfiguration(Inbound, table)}
				}
			})
		}
	}
	return x.listener
}
