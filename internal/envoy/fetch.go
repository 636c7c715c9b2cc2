package envoy

import (
	"slices"
	"sync"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// A Fetcher finds the configuration that a filter fetches by its name (ECDS); nil where there is none.
type Fetcher func(name string) *anypb.Any

// A fetching filter has a configuration, or says where it fetches that.
type fetching interface {
	GetName() string
	GetTypedConfig() *anypb.Any
	GetConfigDiscovery() *corev3.ExtensionConfigSource
}

// Config returns the configuration of a filter: its own, what it fetches, or what it has until it has fetched anything.
func (f Fetcher) Config(filter fetching) *anypb.Any {
	source := filter.GetConfigDiscovery()
	if source == nil {
		return filter.GetTypedConfig()
	}
	if f != nil {
		if config := f(filter.GetName()); config != nil {
			return config
		}
	}
	return source.GetDefaultConfig()
}

// Inline puts the configurations that the filters of a filter chain or a connection manager fetch into them. It takes out what keep does
// not keep; a filter whose configuration is not known, nil, stays as it is.
func (f Fetcher) Inline(m proto.Message, keep func(filter string, config *anypb.Any) bool) {
	switch m := m.(type) {
	case *listenerv3.FilterChain:
		m.Filters = inline(f, "network filter ", m.Filters, keep, func(x *listenerv3.Filter, config *anypb.Any) {
			x.ConfigType = &listenerv3.Filter_TypedConfig{TypedConfig: config}
		})
	case *hcmv3.HttpConnectionManager:
		m.HttpFilters = inline(f, "HTTP filter ", m.HttpFilters, keep, func(x *hcmv3.HttpFilter, config *anypb.Any) {
			x.ConfigType = &hcmv3.HttpFilter_TypedConfig{TypedConfig: config}
		})
	}
}

func inline[F fetching](f Fetcher, kind string, filters []F, keep func(string, *anypb.Any) bool, set func(F, *anypb.Any)) []F {
	return slices.DeleteFunc(filters, func(x F) bool {
		if x.GetConfigDiscovery() == nil {
			return false
		}
		config := f.Config(x)
		if !keep(kind+x.GetName(), config) {
			return true
		}
		if config != nil {
			set(x, config)
		}
		return false
	})
}

// Inlined returns resources in which no filter fetches its configuration: what such a filter does shows in its listener.
func Inlined(s *Snapshot) *Snapshot {
	if len(s.Extensions) == 0 {
		return s
	}
	fetch, out := FetcherOf(s), *s
	all := func(string, *anypb.Any) bool { return true }
	out.Listeners = slices.Clone(s.Listeners)
	for i, l := range s.Listeners {
		if len(Fetched([]*listenerv3.Listener{l})) > 0 {
			out.Listeners[i] = proto.CloneOf(l)
			Edit(out.Listeners[i], func(m proto.Message) { fetch.Inline(m, all) })
		}
	}
	return &out
}

// FetcherOf finds configurations among those of a proxy.
func FetcherOf(lists Lists) Fetcher {
	known := sync.OnceValue(func() map[string]*anypb.Any {
		out := map[string]*anypb.Any{}
		for list, i := lists.List(Extensions), 0; i < list.Len; i++ {
			if m, ok := list.At(i).(*corev3.TypedExtensionConfig); ok {
				out[m.GetName()] = m.GetTypedConfig()
			}
		}
		return out
	})
	return func(name string) *anypb.Any { return known()[name] }
}

// Fetched are the names of the configurations that the filters of listeners fetch.
func Fetched(listeners []*listenerv3.Listener) map[string]bool {
	names := map[string]bool{}
	for _, l := range listeners {
		for _, c := range append(l.GetFilterChains()[:len(l.GetFilterChains()):len(l.GetFilterChains())], l.GetDefaultFilterChain()) {
			for _, f := range c.GetFilters() {
				note(names, f)
				if m, ok := Message(f.GetTypedConfig()).(*hcmv3.HttpConnectionManager); ok {
					for _, h := range m.GetHttpFilters() {
						note(names, h)
					}
				}
			}
		}
	}
	return names
}

func note(names map[string]bool, filter fetching) {
	if filter.GetConfigDiscovery() != nil {
		names[filter.GetName()] = true
	}
}
