package rootless

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	upstreamproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/proxy_protocol/v3"
	rawv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/raw_buffer/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/envoy"
	"sem.example/internal/realenvoy/upstream"
)

// cluster points a cluster's endpoints at upstreams of the test, which every certificate is good enough for.
func (w *rewriter) cluster(c *clusterv3.Cluster) error {
	var err error
	switch {
	case c.GetClusterType() != nil:
		e := upstream.Endpoint{Announced: true, HostIn: upstream.InRequest}
		if w.sniNamed[c.GetName()] {
			e.HostIn = upstream.InSNI
			if c.GetTransportSocket() != nil {
				e.HostIn = upstream.Nowhere // the TLS of the cluster sends a name of its settings
			}
		}
		err = w.redirect(c, e)
	case c.GetType() == clusterv3.Cluster_ORIGINAL_DST:
		err = w.redirect(c, upstream.Endpoint{Announced: true, Port: c.GetOriginalDstLbConfig().GetUpstreamPortOverride().GetValue()})
	default:
		err = w.endpoints(c)
	}
	neverEject(c.GetOutlierDetection())
	c.UpstreamBindConfig = nil // a source address such as 127.0.0.6 or ::6 that not every machine has
	envoy.Edit(c, func(part proto.Message) {
		switch part := part.(type) {
		case *tlsv3.UpstreamTlsContext:
			part.GetCommonTlsContext().ValidationContextType = nil
			part.AutoSniSanValidation = false
		case *httpv3.HttpProtocolOptions:
			if o := part.GetUpstreamHttpProtocolOptions(); o != nil {
				o.AutoSanValidation = false
			}
		}
	})
	return err
}

// neverEject keeps hosts from being ejected: what one call meets must not decide about the next.
func neverEject(o *clusterv3.OutlierDetection) {
	if o == nil {
		return
	}
	never := wrapperspb.UInt32(0)
	o.EnforcingConsecutive_5Xx, o.EnforcingConsecutiveGatewayFailure, o.EnforcingConsecutiveLocalOriginFailure = never, never, never
	o.EnforcingSuccessRate, o.EnforcingLocalOriginSuccessRate = never, never
	o.EnforcingFailurePercentage, o.EnforcingFailurePercentageLocalOrigin = never, never
}

// endpoints replaces each address of a cluster by that of the upstream that is reached instead. Where DNS would find the
// address, the name is kept as the upstream.Endpoint's host name, which Envoy may write into requests.
func (w *rewriter) endpoints(c *clusterv3.Cluster) error {
	c.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: clusterv3.Cluster_STATIC}
	c.DnsLookupFamily = 0
	c.TypedDnsResolverConfig, c.DnsResolutionConfig = nil, nil
	for _, group := range c.GetLoadAssignment().GetEndpoints() {
		for _, e := range group.GetLbEndpoints() {
			if err := w.endpoint(e.GetEndpoint()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *rewriter) endpoint(e *endpointv3.Endpoint) error {
	s := e.GetAddress().GetSocketAddress()
	replaced := upstream.Endpoint{Address: s.GetAddress(), Port: s.GetPortValue()}
	if pipe := e.GetAddress().GetPipe(); pipe != nil {
		replaced.Address = "unix://" + pipe.GetPath()
	}
	port, err := w.servers.Port(replaced)
	if err != nil {
		return err
	}
	if s != nil && e.GetHostname() == "" && !isIP(s.GetAddress()) {
		e.Hostname = s.GetAddress()
	}
	e.Address, e.AdditionalAddresses = Loopback(port), nil
	return nil
}

// redirect points a cluster that finds its host in the connection or request at one upstream, and has it tell the
// upstream the address that the application dialled.
func (w *rewriter) redirect(c *clusterv3.Cluster, e upstream.Endpoint) error {
	port, err := w.servers.Port(e)
	if err != nil {
		return err
	}
	c.ClusterDiscoveryType = &clusterv3.Cluster_Type{Type: clusterv3.Cluster_STATIC}
	c.LbPolicy, c.LbConfig, c.CleanupInterval = clusterv3.Cluster_ROUND_ROBIN, nil, nil
	c.LoadAssignment = &endpointv3.ClusterLoadAssignment{
		ClusterName: c.GetName(),
		Endpoints: []*endpointv3.LocalityLbEndpoints{{LbEndpoints: []*endpointv3.LbEndpoint{{
			HostIdentifier: &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: Loopback(port)}},
		}}}},
	}
	for _, m := range c.GetTransportSocketMatches() {
		m.TransportSocket = announcing(m.GetTransportSocket())
	}
	if len(c.GetTransportSocketMatches()) == 0 || c.GetTransportSocket() != nil {
		c.TransportSocket = announcing(c.GetTransportSocket())
	}
	return nil
}

// announcing wraps a transport socket so that a PROXY header precedes what it sends.
func announcing(inner *corev3.TransportSocket) *corev3.TransportSocket {
	if inner == nil {
		inner = &corev3.TransportSocket{
			Name:       "envoy.transport_sockets.raw_buffer",
			ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: Pack(&rawv3.RawBuffer{})},
		}
	}
	return &corev3.TransportSocket{
		Name: "envoy.transport_sockets.upstream_proxy_protocol",
		ConfigType: &corev3.TransportSocket_TypedConfig{TypedConfig: Pack(&upstreamproxyv3.ProxyProtocolUpstreamTransport{
			Config:          &corev3.ProxyProtocolConfig{Version: corev3.ProxyProtocolConfig_V2},
			TransportSocket: inner,
		})},
	}
}
