package network

import (
	"net"
	"strconv"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	sniv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	wasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/wasm/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/simulate/internal/hcm"
	"sem.example/simulate/internal/rbac"
)

// A NetworkFilter reads the bytes of a connection. At most one of the pointers is set.
type NetworkFilter struct {
	Name    string
	Kind    string
	message proto.Message // nil where sem has no message for it
	RBAC    *rbac.RBAC
	shadow  *rbac.RBAC // rules that are only reported on, to the filters behind this one
	TCP     *tcpProxy
	HTTP    *hcm.ConnectionManager
}

// Filters are compiled filters. What several chains have alike is held once.
type Filters struct {
	Fetch envoy.Fetcher // finds the configuration of a filter that fetches it
	known lazy.Map[envoy.Digest, NetworkFilter]
	http  hcm.Filters
}

// NewFilters returns a store of filters that finds the configurations that they fetch.
func NewFilters(fetch envoy.Fetcher) *Filters {
	return &Filters{Fetch: fetch, http: hcm.Filters{Fetch: fetch}}
}

// Of compiles a network filter. Of a type that is not modelled it has name and kind alone.
func (x *Filters) Of(f *listenerv3.Filter) NetworkFilter {
	config := x.Fetch.Config(f)
	return x.known.Get(envoy.DigestOf(f.GetName(), config), func() NetworkFilter { return x.compile(f.GetName(), config) })
}

func (x *Filters) compile(name string, config *anypb.Any) NetworkFilter {
	out := NetworkFilter{Name: name, Kind: envoy.TypeOf(config)}
	message, err := config.UnmarshalNew()
	if err != nil {
		return out
	}
	out.message = message
	switch m := message.(type) {
	case *tcpv3.TcpProxy:
		out.TCP = newTCPProxy(m)
	case *hcmv3.HttpConnectionManager:
		out.HTTP = hcm.NewConnectionManager(m, &x.http)
	case *rbacv3.RBAC:
		out.RBAC, out.shadow = rbac.NewRBAC(m.GetRules()), rbac.NewRBAC(m.GetShadowRules())
	}
	return out
}

// Authorizes reports whether the filter is about access, be it only with shadow rules.
func (f *NetworkFilter) Authorizes() bool {
	_, ok := f.message.(*rbacv3.RBAC)
	return ok
}

// An Addresser sets where the connection goes by its server name.
func (f *NetworkFilter) Addresser() bool {
	return strings.HasSuffix(f.Kind, "sni_dynamic_forward_proxy.v3.FilterConfig")
}

// RunsCode reports whether the filter's own code decides about the connection.
func (f *NetworkFilter) RunsCode() bool {
	_, ok := f.message.(*wasmv3.Wasm)
	return ok
}

// NamesCluster reports whether the filter makes the server name the name of the cluster.
func (f *NetworkFilter) NamesCluster() bool {
	return strings.HasSuffix(f.Kind, "sni_cluster.v3.SniCluster") || f.Name == "envoy.filters.network.sni_cluster"
}

// Asks is the host and port that the filter makes the proxy resolve.
func (f *NetworkFilter) Asks(sni string) string {
	if sni == "" {
		return ""
	}
	port := uint32(443)
	if c, ok := f.message.(*sniv3.FilterConfig); ok && c.GetPortValue() != 0 {
		port = c.GetPortValue()
	}
	return net.JoinHostPort(sni, strconv.FormatUint(uint64(port), 10))
}
