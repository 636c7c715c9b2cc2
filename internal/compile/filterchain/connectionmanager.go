package filterchain

import (
	"cmp"
	"net/netip"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	faultv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	grpcwebv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/grpc_web/v3"
	routerv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	alpn "istio.io/api/envoy/config/filter/http/alpn/v2alpha1"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/security"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// A Side is where in a proxy traffic is handled.
type Side int

// The sides.
const (
	Outbound Side = iota // what a sidecar's workload sends
	Inbound              // what it receives
	Gateway              // what passes a gateway
)

// A Manager describes how the requests of a filter chain are handled.
type Manager struct {
	Side     Side
	Name     string // for statistics
	Protocol mesh.Protocol
	Port     uint32                      // of the service, or that the workload listens on; 0 where there is none
	Table    string                      // the route table to fetch, unless routes are given
	Routes   *routev3.RouteConfiguration // in the listener itself
	Access   *security.Access            // for requests that reach the proxy; nil for those that leave a workload
	Filters  []*hcmv3.HttpFilter         // before the router
	Absolute bool                        // requests may name a whole URL, as those to an HTTP proxy do
}

// ManagerFilter is the network filter that handles requests so.
func ManagerFilter(view *mesh.View, m Manager) *listenerv3.Filter {
	return xds.NetworkFilter("envoy.filters.network.http_connection_manager", connectionManager(view, m))
}

// connectionManager translates a manager. It takes the proxy's settings from the mesh's default proxy configuration.
func connectionManager(view *mesh.View, m Manager) *hcmv3.HttpConnectionManager {
	headers := proxy.Config(view).GetProxyHeaders()
	out := &hcmv3.HttpConnectionManager{
		StatPrefix:                   m.Name,
		AppendXForwardedPort:         headers.GetXForwardedPort().GetEnabled().GetValue(),
		UpgradeConfigs:               []*hcmv3.HttpConnectionManager_UpgradeConfig{{UpgradeType: "websocket"}},
		StreamIdleTimeout:            xds.Seconds(0),
		Proxy_100Continue:            true,
		PathWithEscapedSlashesAction: hcmv3.HttpConnectionManager_KEEP_UNCHANGED,
		HttpFilters:                  httpFilters(view, m),
	}
	protocolOptions(view, out, m)
	normalize(view, out)
	identify(view, out, m.Side)
	limit(out, connectionSettings(view))
	if m.Routes != nil {
		out.RouteSpecifier = &hcmv3.HttpConnectionManager_RouteConfig{RouteConfig: m.Routes}
	} else {
		out.RouteSpecifier = &hcmv3.HttpConnectionManager_Rds{Rds: &hcmv3.Rds{ConfigSource: xds.ADS(), RouteConfigName: m.Table}}
	}
	return out
}

// ManagerOrigins are the fields of the mesh's settings that change how requests are handled.
func ManagerOrigins(view *mesh.View) origin.List {
	var t origin.List
	t.Add("path", origin.SettingTree(view, "pathNormalization")...)
	t.Add("headers", origin.SettingTree(view, "defaultConfig.proxyHeaders")...)
	t.Add("limits", origin.SettingTree(view, "defaultConfig.connectionSettings")...)
	if view.IsGateway() {
		t.Add("headers", origin.SettingTree(view, "defaultConfig.gatewayTopology")...)
	}
	return t
}

// httpFilters are the filters that each request passes. Those that only observe are left out.
func httpFilters(view *mesh.View, m Manager) []*hcmv3.HttpFilter {
	var out []*hcmv3.HttpFilter
	var access security.Authorization
	var tokens security.Authentication
	if m.Access != nil {
		access, tokens = m.Access.Requests(), m.Access.Authentication()
	}
	own := extension.HTTP(view, m.Side == Inbound, m.Port)
	out = append(out, access.External...)
	out = append(out, own.BeforeAuthentication...)
	out = append(out, tokens.Filters...)
	out = append(out, own.BeforeAuthorization...)
	out = append(out, access.HTTP...)
	out = append(out, own.BehindAuthorization...)
	if m.Protocol == mesh.GRPCWeb {
		out = append(out, xds.HTTPFilter("envoy.filters.http.grpc_web", &grpcwebv3.GrpcWeb{}))
	}
	if m.Side != Inbound {
		out = append(out, xds.HTTPFilter("istio.alpn", alpnOverride))
	}
	out = append(out,
		xds.HTTPFilter("envoy.filters.http.fault", &faultv3.HTTPFault{}),
		xds.HTTPFilter("envoy.filters.http.cors", &corsv3.Cors{}))
	out = append(out, m.Filters...)
	suppress := proxy.Config(view).GetProxyHeaders().GetEnvoyDebugHeaders().GetDisabled().GetValue()
	return append(out, xds.HTTPFilter("envoy.filters.http.router", &routerv3.Router{SuppressEnvoyHeaders: suppress}))
}

// alpnOverride lets a proxy of the mesh recognise requests of another by the protocol that TLS negotiates.
var alpnOverride = &alpn.FilterConfig{AlpnOverride: []*alpn.FilterConfig_AlpnOverride{
	{UpstreamProtocol: alpn.FilterConfig_HTTP10, AlpnOverride: []string{"istio-http/1.0", "istio", "http/1.0"}},
	{UpstreamProtocol: alpn.FilterConfig_HTTP11, AlpnOverride: []string{"istio-http/1.1", "istio", "http/1.1"}},
	{UpstreamProtocol: alpn.FilterConfig_HTTP2, AlpnOverride: []string{"istio-h2", "istio", "h2"}},
}}

// protocolOptions sets what depends on the version of HTTP.
func protocolOptions(view *mesh.View, out *hcmv3.HttpConnectionManager, m Manager) {
	if m.Side == Gateway {
		out.HttpProtocolOptions = &corev3.Http1ProtocolOptions{}
	}
	if m.Side == Inbound && m.Protocol.IsHTTP2() {
		out.Http2ProtocolOptions = &corev3.Http2ProtocolOptions{}
	}
	if proxy.KeepsCase(view) {
		out.HttpProtocolOptions = xds.PreserveCase()
	}
	if view.Proxy().AcceptsHTTP10() {
		out.HttpProtocolOptions = cmp.Or(out.HttpProtocolOptions, &corev3.Http1ProtocolOptions{})
		out.HttpProtocolOptions.AcceptHttp_10 = true
	}
	if m.Absolute {
		out.HttpProtocolOptions = cmp.Or(out.HttpProtocolOptions, &corev3.Http1ProtocolOptions{})
		out.HttpProtocolOptions.AllowAbsoluteUrl = xds.True()
	}
}

// normalize sets how paths are put into one form before routes and policies see them.
func normalize(view *mesh.View, out *hcmv3.HttpConnectionManager) {
	out.NormalizePath = xds.True()
	switch view.Mesh.Settings.Config.GetPathNormalization().GetNormalization() {
	case meshconfig.MeshConfig_ProxyPathNormalization_NONE:
		out.NormalizePath = xds.False()
	case meshconfig.MeshConfig_ProxyPathNormalization_MERGE_SLASHES:
		out.MergeSlashes = true
	case meshconfig.MeshConfig_ProxyPathNormalization_DECODE_AND_MERGE_SLASHES:
		out.MergeSlashes = true
		out.PathWithEscapedSlashesAction = hcmv3.HttpConnectionManager_UNESCAPE_AND_FORWARD
	}
}

// identify sets what the proxy tells the upstream about the client, and the client about itself.
func identify(view *mesh.View, out *hcmv3.HttpConnectionManager, s Side) {
	headers := proxy.Config(view).GetProxyHeaders()
	if s != Outbound {
		out.ServerName = "istio-envoy"
	}
	switch server := headers.GetServer(); {
	case server.GetDisabled().GetValue():
		out.ServerName, out.ServerHeaderTransformation = "", hcmv3.HttpConnectionManager_PASS_THROUGH
	case server.GetValue() != "":
		out.ServerName = server.GetValue()
	}
	if headers.GetRequestId().GetDisabled().GetValue() {
		out.GenerateRequestId = xds.False()
	}
	switch s {
	case Inbound:
		out.ForwardClientCertDetails = forwarding(headers.GetForwardedClientCert(), meshconfig.ForwardClientCertDetails_APPEND_FORWARD)
		set := headers.GetSetCurrentClientCertDetails()
		out.SetCurrentClientCertDetails = &hcmv3.HttpConnectionManager_SetCurrentClientCertDetails{
			Subject: orYes(set.GetSubject()), Uri: orYes(set.GetUri()).Value, Dns: orYes(set.GetDns()).Value,
			Cert: set.GetCert().GetValue(), Chain: set.GetChain().GetValue(),
		}
	case Gateway:
		topology := proxy.Config(view).GetGatewayTopology()
		out.UseRemoteAddress, out.XffNumTrustedHops = xds.True(), topology.GetNumTrustedProxies()
		out.InternalAddressConfig = internalAddresses(view)
		out.ForwardClientCertDetails = forwarding(topology.GetForwardClientCertDetails(), meshconfig.ForwardClientCertDetails_SANITIZE_SET)
		if f := out.ForwardClientCertDetails; f == hcmv3.HttpConnectionManager_APPEND_FORWARD || f == hcmv3.HttpConnectionManager_SANITIZE_SET {
			out.SetCurrentClientCertDetails = &hcmv3.HttpConnectionManager_SetCurrentClientCertDetails{
				Subject: xds.True(), Cert: true, Dns: true, Uri: true,
			}
		}
	}
}

// internalAddresses are the clients that a gateway takes for its own side: the address blocks of the mesh's networks. It
// is nil where there are none.
func internalAddresses(view *mesh.View) *hcmv3.HttpConnectionManager_InternalAddressConfig {
	var blocks []netip.Prefix
	for _, n := range view.Mesh.Settings.Networks.GetNetworks() {
		for _, e := range n.GetEndpoints() {
			if p, ok := proxy.ParsePrefix(e.GetFromCidr()); ok {
				blocks = append(blocks, p)
			}
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	slices.SortFunc(blocks, netip.Prefix.Compare)
	out := &hcmv3.HttpConnectionManager_InternalAddressConfig{}
	for _, p := range blocks {
		out.CidrRanges = append(out.CidrRanges, &corev3.CidrRange{
			AddressPrefix: p.Addr().String(), PrefixLen: wrapperspb.UInt32(uint32(p.Bits())),
		})
	}
	return out
}

// forwarding returns what happens to the certificate details in a request. Istio numbers as Envoy does, from one instead
// of from zero, as its zero means unset.
func forwarding(set, fallback meshconfig.ForwardClientCertDetails) hcmv3.HttpConnectionManager_ForwardClientCertDetails {
	if set == meshconfig.ForwardClientCertDetails_UNDEFINED {
		set = fallback
	}
	return hcmv3.HttpConnectionManager_ForwardClientCertDetails(set - 1)
}
