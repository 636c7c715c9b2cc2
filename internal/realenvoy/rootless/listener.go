package rootless

import (
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	proxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/listener/proxy_protocol/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/realenvoy/accesslog"
)

// listener makes a listener reachable without privileges, and has it log what happens to each connection.
//
// One that is bound to its port moves to a free port of the loopback address and is told the original addresses by the
// PROXY protocol. One that is not bound is reached through the listener that hands connections over, as in a pod.
func (w *rewriter) listener(l *listenerv3.Listener) {
	if Bound(l) {
		l.Address, l.AdditionalAddresses = Loopback(0), nil
		l.ListenerFilters = slices.Insert(slices.DeleteFunc(l.ListenerFilters, givesAddresses), 0, readsProxyHeader())
	}
	for _, chain := range chains(l) {
		w.sniForwardProxy(chain)
	}
	envoy.Edit(l, func(part proto.Message) {
		switch part := part.(type) {
		case *hcmv3.HttpConnectionManager:
			part.HttpFilters = slices.DeleteFunc(part.HttpFilters, func(f *hcmv3.HttpFilter) bool { return f.GetName() == httpForwardProxy })
		case *tlsv3.CertificateValidationContext:
			part.MatchSubjectAltNames = slices.DeleteFunc(part.MatchSubjectAltNames, outsideMesh)
			part.MatchTypedSubjectAltNames = nil
		case *rbacv3.Principal:
			announcedPeer(part)
		}
	})
	w.log(l)
}

// log has a listener log what happens to each connection and request.
func (w *rewriter) log(l *listenerv3.Listener) {
	l.AccessLog = w.accessLog(accesslog.Entry{Listener: l.GetName(), Kind: accesslog.ConnectionEnd})
	envoy.Edit(l, func(part proto.Message) {
		switch part := part.(type) {
		case *hcmv3.HttpConnectionManager:
			w.httpManager(l.GetName(), part)
		case *tcpv3.TcpProxy:
			part.AccessLogOptions = nil
			part.AccessLog = w.accessLog(accesslog.Entry{Listener: l.GetName(), Kind: accesslog.Connection})
		}
	})
}

// announcedPeer has a rule about the other end of the connection look at the one that the PROXY header names.
func announcedPeer(p *rbacv3.Principal) {
	if direct, ok := p.GetIdentifier().(*rbacv3.Principal_DirectRemoteIp); ok {
		p.Identifier = &rbacv3.Principal_SourceIp{SourceIp: direct.DirectRemoteIp}
	}
}

// Forward proxies resolve names by DNS. Here the upstream takes the name from the request.
const (
	httpForwardProxy = "envoy.filters.http.dynamic_forward_proxy"
	sniForwardProxy  = "envoy.extensions.filters.network.sni_dynamic_forward_proxy"
)

// outsideMesh reports whether a name is not one of the mesh: the self-signed certificate of a peer does not have it.
func outsideMesh(m *matcherv3.StringMatcher) bool {
	return !strings.HasPrefix(m.GetExact()+m.GetPrefix(), "spiffe://")
}

// sniForwardProxy removes the filter that resolves the name of a TLS handshake, and notes the cluster that would dial it.
func (w *rewriter) sniForwardProxy(chain *listenerv3.FilterChain) {
	before := len(chain.Filters)
	chain.Filters = slices.DeleteFunc(chain.Filters, func(f *listenerv3.Filter) bool { return f.GetName() == sniForwardProxy })
	if len(chain.Filters) == before {
		return
	}
	for _, f := range chain.Filters {
		tcp := &tcpv3.TcpProxy{}
		if f.GetTypedConfig().MessageIs(tcp) && f.GetTypedConfig().UnmarshalTo(tcp) == nil {
			w.sniNamed[tcp.GetCluster()] = true
		}
	}
}

func (w *rewriter) httpManager(listener string, h *hcmv3.HttpConnectionManager) {
	h.AccessLogOptions = nil
	h.AccessLog = w.accessLog(accesslog.Entry{Listener: listener, RouteConfig: h.GetRouteConfig().GetName(), Kind: accesslog.Request})
	for _, host := range h.GetRouteConfig().GetVirtualHosts() {
		for i, r := range host.GetRoutes() {
			label(r, host, i)
		}
	}
}

// label writes into a route's metadata the position of the route, for the access log to repeat.
func label(r *routev3.Route, host *routev3.VirtualHost, i int) {
	if r.Metadata == nil {
		r.Metadata = &corev3.Metadata{}
	}
	position := accesslog.RouteMetadata(host.GetName(), i)
	if r.Metadata.FilterMetadata == nil {
		r.Metadata.FilterMetadata = position
		return
	}
	for k, v := range position {
		r.Metadata.FilterMetadata[k] = v
	}
}

func chains(l *listenerv3.Listener) []*listenerv3.FilterChain {
	out := slices.Clone(l.GetFilterChains())
	if d := l.GetDefaultFilterChain(); d != nil {
		out = append(out, d)
	}
	return out
}

// Bound reports whether a listener takes connections from its own port.
func Bound(l *listenerv3.Listener) bool {
	return l.GetBindToPort() == nil || l.GetBindToPort().GetValue()
}

// givesAddresses reports whether a listener filter gives the addresses that the PROXY header gives.
func givesAddresses(f *listenerv3.ListenerFilter) bool {
	switch f.GetName() {
	case "envoy.filters.listener.original_dst", "envoy.filters.listener.original_src", proxyFilter:
		return true
	}
	return false
}

const proxyFilter = "envoy.filters.listener.proxy_protocol"

func readsProxyHeader() *listenerv3.ListenerFilter {
	return &listenerv3.ListenerFilter{
		Name:       proxyFilter,
		ConfigType: &listenerv3.ListenerFilter_TypedConfig{TypedConfig: Pack(&proxyv3.ProxyProtocol{})},
	}
}
