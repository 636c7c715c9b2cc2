package cluster

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	proxyprotocolv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/proxy_protocol/v3"
	rawbufferv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/raw_buffer/v3"
	networking "istio.io/api/networking/v1alpha3"
	"sem.example/internal/compile/xds"
)

// prependProxyProtocol makes every connection begin with a PROXY protocol header, ahead of TLS if there is any.
func (t *Mutable) prependProxyProtocol(p *networking.TrafficPolicy_ProxyProtocol) {
	if p == nil {
		return
	}
	config := &corev3.ProxyProtocolConfig{Version: corev3.ProxyProtocolConfig_Version(p.GetVersion())}
	switch {
	case t.TransportSocket != nil:
		t.TransportSocket = wrap(t.TransportSocket, config)
	case len(t.TransportSocketMatches) == 0:
		t.TransportSocket = wrap(&corev3.TransportSocket{
			Name:       "raw_buffer",
			ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: xds.Any(&rawbufferv3.RawBuffer{})},
		}, config)
	}
	for _, m := range t.TransportSocketMatches {
		m.TransportSocket = wrap(m.TransportSocket, config)
	}
}

func wrap(inner *corev3.TransportSocket, config *corev3.ProxyProtocolConfig) *corev3.TransportSocket {
	return &corev3.TransportSocket{
		Name: "envoy.transport_sockets.upstream_proxy_protocol",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: xds.Any(&proxyprotocolv3.ProxyProtocolUpstreamTransport{
			Config: config, TransportSocket: inner,
		})},
	}
}
