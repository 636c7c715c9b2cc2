package render

import (
	"strings"

	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	routerv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/envoy"
)

// leftOut is what a bootstrap does not hold of the resources that it was made of, a line each.
type leftOut map[string]bool

func (o leftOut) add(what, why string) { o[what+": "+why] = true }

// refused reports whether Envoy would refuse a resource for a reason, and adds it.
func (o leftOut) refused(what, why string) bool {
	if why != "" {
		o.add(what, why+", Envoy would refuse it")
	}
	return why != ""
}

const istioExtension = "Istio's own, a stock Envoy does not have it"

// removeExtensions removes from a message the extensions that Istio's own proxy has and a stock Envoy lacks.
func (o leftOut) removeExtensions(m proto.Message) {
	switch m := m.(type) {
	case *listenerv3.Listener:
		m.ListenerFilters = known(o, "listener filter", m.ListenerFilters, (*listenerv3.ListenerFilter).GetTypedConfig)
		m.AccessLog = known(o, "access log", m.AccessLog, (*accesslogv3.AccessLog).GetTypedConfig)
	case *listenerv3.FilterChain:
		m.Filters = known(o, "network filter", m.Filters, (*listenerv3.Filter).GetTypedConfig)
	case *hcmv3.HttpConnectionManager:
		m.HttpFilters = o.httpFilters(m.HttpFilters)
		m.AccessLog = known(o, "access log", m.AccessLog, (*accesslogv3.AccessLog).GetTypedConfig)
	case *hcmv3.HttpConnectionManager_UpgradeConfig:
		m.Filters = o.httpFilters(m.Filters)
	case *routerv3.Router:
		m.UpstreamHttpFilters = o.httpFilters(m.UpstreamHttpFilters)
	case *httpv3.HttpProtocolOptions:
		m.HttpFilters = o.httpFilters(m.HttpFilters)
	case *clusterv3.Cluster:
		m.Filters = known(o, "upstream network filter", m.Filters, (*clusterv3.Filter).GetTypedConfig)
	case *routev3.RouteConfiguration:
		o.perFilter(m.TypedPerFilterConfig)
	case *routev3.VirtualHost:
		o.perFilter(m.TypedPerFilterConfig)
	case *routev3.Route:
		o.perFilter(m.TypedPerFilterConfig)
	case *routev3.WeightedCluster_ClusterWeight:
		o.perFilter(m.TypedPerFilterConfig)
	}
}

func (o leftOut) httpFilters(list []*hcmv3.HttpFilter) []*hcmv3.HttpFilter {
	return known(o, "HTTP filter", list, (*hcmv3.HttpFilter).GetTypedConfig)
}

// known returns the extensions of a list that a stock Envoy has, and notes the others. An extension without a
// configuration of its own goes by its name, which Istio's begin with "istio".
func known[T interface{ GetName() string }](o leftOut, what string, list []T, config func(T) *anypb.Any) []T {
	out := list[:0]
	for _, extension := range list {
		if isStock(extension.GetName(), config(extension)) {
			out = append(out, extension)
			continue
		}
		o.add(what+" "+extension.GetName(), istioExtension)
	}
	return out
}

func (o leftOut) perFilter(configs map[string]*anypb.Any) {
	for name, config := range configs {
		if !isStock(name, config) {
			delete(configs, name)
			o.add("HTTP filter "+name, istioExtension)
		}
	}
}

// stockPackages are the packages whose messages configure what is compiled into Envoy.
var stockPackages = []string{"envoy.extensions.", "envoy.config.", "envoy.watchdog.", "xds.", "google."}

func isStock(name string, config *anypb.Any) bool {
	url := envoy.TypeOf(config)
	if url == "" {
		return !strings.HasPrefix(name, "istio")
	}
	message := url[strings.LastIndexByte(url, '/')+1:]
	for _, p := range stockPackages {
		if strings.HasPrefix(message, p) {
			return true
		}
	}
	return false
}
