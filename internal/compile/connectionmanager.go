package compile

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

	"sem.example/internal/mesh"
)

// A side is where in a proxy traffic is handled.
type side int

// The sides.
const (
	outboundSide side = iota // what a sidecar's workload sends
	inboundSide              // what it receives
	gatewaySide              // what passes a gateway
)

// A manager describes how the requests of a filter chain are handled.
type manager struct {
	side     side
	name     string // for statistics
	protocol mesh.Protocol
	table    string                      // the route table to fetch, unless routes are given
	routes   *routev3.RouteConfiguration // in the listener itself
	filters  []*hcmv3.HttpFilter         // before the router
	absolute bool                        // requests may name a whole URL, as those to an HTTP proxy do
}

// httpManager is the network filter that handles requests so.
func (c *Compiler) httpManager(m manager) *listenerv3.Filter {
	return networkFilter("envoy.filters.network.http_connection_manager", c.connectionManager(m))
}

// connectionManager translates a manager. It takes the proxy's settings from the mesh's default proxy configuration.
func (c *Compiler) connectionManager(m manager) *hcmv3.HttpConnectionManager {
	headers := c.proxyConfig().GetProxyHeaders()
	out := &hcmv3.HttpConnectionManager{
		StatPrefix:                   m.name,
		AppendXForwardedPort:         headers.GetXForwardedPort().GetEnabled().GetValue(),
		UpgradeConfigs:               []*hcmv3.HttpConnectionManager_UpgradeConfig{{UpgradeType: "websocket"}},
		StreamIdleTimeout:            seconds(0),
		Proxy_100Continue:            true,
		PathWithEscapedSlashesAction: hcmv3.HttpConnectionManager_KEEP_UNCHANGED,
		HttpFilters:                  c.httpFilters(m),
	}
	c.protocolOptions(out, m)
	c.normalize(out)
	c.identify(out, m.side)
	limit(out, c.connectionSettings())
	if m.routes != nil {
		out.RouteSpecifier = &hcmv3.HttpConnectionManager_RouteConfig{RouteConfig: m.routes}
	} else {
		out.RouteSpecifier = &hcmv3.HttpConnectionManager_Rds{Rds: &hcmv3.Rds{ConfigSource: ads(), RouteConfigName: m.table}}
	}
	return out
}

// managerOrigins are the fields of the mesh's settings that change how requests are handled.
func (c *Compiler) managerOrigins() trail {
	var t trail
	t.add("path", c.meshSpelled("pathNormalization")...)
	t.add("headers", c.meshSpelled("defaultConfig.proxyHeaders")...)
	t.add("limits", c.meshSpelled("defaultConfig.connectionSettings")...)
	if c.gateway() {
		t.add("headers", c.meshSpelled("defaultConfig.gatewayTopology")...)
	}
	return t
}

// ads says that a resource comes from the control plane, on the stream that the proxy has open.
func ads() *corev3.ConfigSource {
	return &corev3.ConfigSource{
		ResourceApiVersion:    corev3.ApiVersion_V3,
		ConfigSourceSpecifier: &corev3.ConfigSource_Ads{Ads: &corev3.AggregatedConfigSource{}},
	}
}

// proxyConfig is the configuration of proxies as the mesh sets it; nil where it sets none.
func (c *Compiler) proxyConfig() *meshconfig.ProxyConfig {
	return c.view.Mesh.Settings.Config.GetDefaultConfig()
}

// httpFilters are the filters that each request passes. Those that only observe are left out.
func (c *Compiler) httpFilters(m manager) []*hcmv3.HttpFilter {
	var out []*hcmv3.HttpFilter
	if m.side != outboundSide {
		out = append(out, c.authentication().filters...)
		out = append(out, c.authorization(false).http...)
	}
	if m.protocol == mesh.GRPCWeb {
		out = append(out, httpFilter("envoy.filters.http.grpc_web", &grpcwebv3.GrpcWeb{}))
	}
	if m.side != inboundSide {
		out = append(out, httpFilter("istio.alpn", alpnOverride))
	}
	out = append(out,
		httpFilter("envoy.filters.http.fault", &faultv3.HTTPFault{}),
		httpFilter("envoy.filters.http.cors", &corsv3.Cors{}))
	out = append(out, m.filters...)
	suppress := c.proxyConfig().GetProxyHeaders().GetEnvoyDebugHeaders().GetDisabled().GetValue()
	return append(out, httpFilter("envoy.filters.http.router", &routerv3.Router{SuppressEnvoyHeaders: suppress}))
}

// alpnOverride lets a proxy of the mesh recognise requests of another by the protocol that TLS negotiates.
var alpnOverride = &alpn.FilterConfig{AlpnOverride: []*alpn.FilterConfig_AlpnOverride{
	{UpstreamProtocol: alpn.FilterConfig_HTTP10, AlpnOverride: []string{"istio-http/1.0", "istio", "http/1.0"}},
	{UpstreamProtocol: alpn.FilterConfig_HTTP11, AlpnOverride: []string{"istio-http/1.1", "istio", "http/1.1"}},
	{UpstreamProtocol: alpn.FilterConfig_HTTP2, AlpnOverride: []string{"istio-h2", "istio", "h2"}},
}}

// protocolOptions sets what depends on the version of HTTP.
func (c *Compiler) protocolOptions(out *hcmv3.HttpConnectionManager, m manager) {
	if m.side == gatewaySide {
		out.HttpProtocolOptions = &corev3.Http1ProtocolOptions{}
	}
	if m.side == inboundSide && m.protocol.IsHTTP2() {
		out.Http2ProtocolOptions = &corev3.Http2ProtocolOptions{}
	}
	if c.keepsCase() {
		out.HttpProtocolOptions = keepCase()
	}
	if m.absolute {
		out.HttpProtocolOptions = cmp.Or(out.HttpProtocolOptions, &corev3.Http1ProtocolOptions{})
		out.HttpProtocolOptions.AllowAbsoluteUrl = yes()
	}
}

// normalize sets how paths are put into one form before routes and policies see them.
func (c *Compiler) normalize(out *hcmv3.HttpConnectionManager) {
	out.NormalizePath = yes()
	switch c.view.Mesh.Settings.Config.GetPathNormalization().GetNormalization() {
	case meshconfig.MeshConfig_ProxyPathNormalization_NONE:
		out.NormalizePath = no()
	case meshconfig.MeshConfig_ProxyPathNormalization_MERGE_SLASHES:
		out.MergeSlashes = true
	case meshconfig.MeshConfig_ProxyPathNormalization_DECODE_AND_MERGE_SLASHES:
		out.MergeSlashes = true
		out.PathWithEscapedSlashesAction = hcmv3.HttpConnectionManager_UNESCAPE_AND_FORWARD
	}
}

// identify sets what the proxy tells the upstream about the client, and the client about itself.
func (c *Compiler) identify(out *hcmv3.HttpConnectionManager, s side) {
	headers := c.proxyConfig().GetProxyHeaders()
	if s != outboundSide {
		out.ServerName = "istio-envoy"
	}
	switch server := headers.GetServer(); {
	case server.GetDisabled().GetValue():
		out.ServerName, out.ServerHeaderTransformation = "", hcmv3.HttpConnectionManager_PASS_THROUGH
	case server.GetValue() != "":
		out.ServerName = server.GetValue()
	}
	if headers.GetRequestId().GetDisabled().GetValue() {
		out.GenerateRequestId = no()
	}
	switch s {
	case inboundSide:
		out.ForwardClientCertDetails = forwarding(headers.GetForwardedClientCert(), meshconfig.ForwardClientCertDetails_APPEND_FORWARD)
		set := headers.GetSetCurrentClientCertDetails()
		out.SetCurrentClientCertDetails = &hcmv3.HttpConnectionManager_SetCurrentClientCertDetails{
			Subject: orYes(set.GetSubject()), Uri: orYes(set.GetUri()).Value, Dns: orYes(set.GetDns()).Value,
			Cert: set.GetCert().GetValue(), Chain: set.GetChain().GetValue(),
		}
	case gatewaySide:
		topology := c.proxyConfig().GetGatewayTopology()
		out.UseRemoteAddress, out.XffNumTrustedHops = yes(), topology.GetNumTrustedProxies()
		out.InternalAddressConfig = c.internalAddresses()
		out.ForwardClientCertDetails = forwarding(topology.GetForwardClientCertDetails(), meshconfig.ForwardClientCertDetails_SANITIZE_SET)
		if f := out.ForwardClientCertDetails; f == hcmv3.HttpConnectionManager_APPEND_FORWARD || f == hcmv3.HttpConnectionManager_SANITIZE_SET {
			out.SetCurrentClientCertDetails = &hcmv3.HttpConnectionManager_SetCurrentClientCertDetails{
				Subject: yes(), Cert: true, Dns: true, Uri: true,
			}
		}
	}
}

// internalAddresses are the clients that a gateway takes for its own side: the address blocks of the mesh's networks. It
// is nil where there are none.
func (c *Compiler) internalAddresses() *hcmv3.HttpConnectionManager_InternalAddressConfig {
	var blocks []netip.Prefix
	for _, n := range c.view.Mesh.Settings.Networks.GetNetworks() {
		for _, e := range n.GetEndpoints() {
			if p, ok := prefixOf(e.GetFromCidr()); ok {
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

// forwarding says what becomes of the certificate details in a request. Istio numbers as Envoy does, from one instead
// of from zero, as its zero means unset.
func forwarding(set, fallback meshconfig.ForwardClientCertDetails) hcmv3.HttpConnectionManager_ForwardClientCertDetails {
	if set == meshconfig.ForwardClientCertDetails_UNDEFINED {
		set = fallback
	}
	return hcmv3.HttpConnectionManager_ForwardClientCertDetails(set - 1)
}
