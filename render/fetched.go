package render

import (
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// inline puts the configurations that filters fetch into the filters. Code of Wasm is left out: Istio's agent fetches it, and Envoy
// refuses a listener whose code it cannot load.
func (c converter) inline(m proto.Message) {
	switch m := m.(type) {
	case *listenerv3.FilterChain:
		out := m.Filters[:0]
		for _, f := range m.Filters {
			if f.GetConfigDiscovery() != nil {
				config := c.fetch.Config(f)
				if c.notInlined("network filter "+f.GetName(), envoy.TypeOf(config)) {
					continue
				}
				f.ConfigType = &listenerv3.Filter_TypedConfig{TypedConfig: config}
			}
			out = append(out, f)
		}
		m.Filters = out
	case *hcmv3.HttpConnectionManager:
		out := m.HttpFilters[:0]
		for _, f := range m.HttpFilters {
			if f.GetConfigDiscovery() != nil {
				config := c.fetch.Config(f)
				if c.notInlined("HTTP filter "+f.GetName(), envoy.TypeOf(config)) {
					continue
				}
				f.ConfigType = &hcmv3.HttpFilter_TypedConfig{TypedConfig: config}
			}
			out = append(out, f)
		}
		m.HttpFilters = out
	}
}

// notInlined reports whether a filter is left out for the type of what it fetches, "" where that is not known.
func (c converter) notInlined(what, kind string) bool {
	switch {
	case kind == "":
		c.leftOut.add(what, "it fetches its configuration, which is not among the resources")
	case strings.HasSuffix(kind, ".wasm.v3.Wasm"):
		c.leftOut.add(what, "Istio's agent fetches its code")
	default:
		return false
	}
	return true
}
