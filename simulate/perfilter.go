package simulate

import (
	"maps"
	"slices"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// A perFilter is what a route, a virtual host or a table sets for one HTTP filter.
type perFilter struct {
	name     string
	message  proto.Message // nil where sem has no message for it
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
		return perFilter{name: name, message: message}
	}
	inner, _ := wrapper.GetConfig().UnmarshalNew()
	return perFilter{name: name, message: inner, disabled: wrapper.GetDisabled()}
}

// perRoute returns the most specific setting of a filter for a route, which may be nil.
func perRoute[T proto.Message](t *route, filter string) (T, bool) {
	if t != nil {
		for _, f := range t.filters {
			if m, ok := f.message.(T); ok && f.name == filter {
				return m, true
			}
		}
	}
	var none T
	return none, false
}

// disables says whether a filter is switched off for a route.
func (t *route) disables(filter string) bool {
	return t != nil && anyOf(t.filters, func(f perFilter) bool { return f.name == filter && f.disabled })
}
