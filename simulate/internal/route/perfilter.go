package route

import (
	"maps"
	"slices"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	rbachttp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/simulate/internal/rbac"
)

// A perFilter is what a route, a virtual host or a table sets for one HTTP filter.
type perFilter struct {
	name     string
	setting  any // a *faultRule, *corsRule, *rbac, or the message where it is used as it is; nil where sem has none
	disabled bool
}

// newPerFilters gathers the settings of a route, its virtual host and its table: the most specific comes first.
func newPerFilters(c *routev3.RouteConfiguration, v *routev3.VirtualHost, p *routev3.Route) []perFilter {
	var out []perFilter
	for _, level := range []map[string]*anypb.Any{p.GetTypedPerFilterConfig(), v.GetTypedPerFilterConfig(), c.GetTypedPerFilterConfig()} {
		for _, name := range slices.Sorted(maps.Keys(level)) {
			out = append(out, newPerFilter(name, level[name]))
		}
	}
	return out
}

func newPerFilter(name string, config *anypb.Any) perFilter {
	message, _ := config.UnmarshalNew()
	wrapper, ok := message.(*routev3.FilterConfig)
	if !ok {
		return perFilter{name: name, setting: newSetting(message)}
	}
	inner, _ := wrapper.GetConfig().UnmarshalNew()
	return perFilter{name: name, setting: newSetting(inner), disabled: wrapper.GetDisabled()}
}

// newSetting compiles a filter's configuration.
func newSetting(message proto.Message) any {
	switch m := message.(type) {
	case *faultv3.HTTPFault:
		return NewFaultRule(m)
	case *corsv3.CorsPolicy:
		return newCorsRule(m)
	case *rbachttp.RBACPerRoute:
		return rbac.NewRBAC(m.GetRbac().GetRules())
	}
	return message
}

// PerRoute returns the most specific setting of a filter for a route, which may be nil.
func PerRoute[T any](t *Route, filter string) (T, bool) {
	if t != nil {
		for _, f := range t.filters {
			if m, ok := f.setting.(T); ok && f.name == filter {
				return m, true
			}
		}
	}
	var none T
	return none, false
}

// EveryPerRoute returns all settings of a filter for a route, the most specific first.
func EveryPerRoute[T any](t *Route, filter string) []T {
	var out []T
	if t == nil {
		return nil
	}
	for _, f := range t.filters {
		if m, ok := f.setting.(T); ok && f.name == filter {
			out = append(out, m)
		}
	}
	return out
}

// Runs reports whether a filter runs for a route: the most specific setting decides, and without one whether the filter is
// enabled by itself.
func (t *Route) Runs(filter string, enabled bool) bool {
	if t == nil {
		return enabled
	}
	for _, f := range t.filters {
		if f.name == filter {
			return !f.disabled
		}
	}
	return enabled
}
