package xds

import (
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	httpinspectorv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/listener/http_inspector/v3"
	originaldstv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/listener/original_dst/v3"
	originalsrcv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/listener/original_src/v3"
	proxyprotocolv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/listener/proxy_protocol/v3"
	tlsinspectorv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/listener/tls_inspector/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// TLSInspector finds out whether a connection begins with TLS, and then its SNI and ALPN.
func TLSInspector() *listenerv3.ListenerFilter {
	return listenerFilter("envoy.filters.listener.tls_inspector",
		&tlsinspectorv3.TlsInspector{InitialReadBufferSize: wrapperspb.UInt32(512)})
}

// HTTPInspector finds out whether a connection in plaintext begins with HTTP.
func HTTPInspector() *listenerv3.ListenerFilter {
	return listenerFilter("envoy.filters.listener.http_inspector", &httpinspectorv3.HttpInspector{})
}

// OriginalDestination restores the address that was dialled before the connection was redirected.
func OriginalDestination() *listenerv3.ListenerFilter {
	return listenerFilter("envoy.filters.listener.original_dst", &originaldstv3.OriginalDst{})
}

// OriginalSource has connections to the workload come from the address of the client.
func OriginalSource() *listenerv3.ListenerFilter {
	return listenerFilter("envoy.filters.listener.original_src", &originalsrcv3.OriginalSrc{Mark: interceptionMark})
}

// interceptionMark marks the packets of the proxy, which the rules of the network redirect no more.
const interceptionMark = 1337

// ProxyProtocol reads the client's address from the header that a load balancer puts in front of a connection.
func ProxyProtocol() *listenerv3.ListenerFilter {
	return listenerFilter("envoy.filters.listener.proxy_protocol", &proxyprotocolv3.ProxyProtocol{})
}

// PlaintextHTTP is what the HTTP inspector finds.
var PlaintextHTTP = []string{"http/1.1", "h2c"}

// Inspectors returns the filters that the chains of a listener need to be told apart. A connection to a port whose
// chains do not ask is not inspected: it might be of a protocol in which the server speaks first.
func Inspectors(chains []*listenerv3.FilterChain) []*listenerv3.ListenerFilter {
	tls, http := map[uint32]bool{}, map[uint32]bool{}
	for _, chain := range chains {
		m := chain.GetFilterChainMatch()
		port := m.GetDestinationPort().GetValue()
		tls[port] = tls[port] || m.GetTransportProtocol() == "tls"
		http[port] = http[port] || slices.ContainsFunc(m.GetApplicationProtocols(), func(p string) bool {
			return slices.Contains(PlaintextHTTP, p)
		})
	}
	var out []*listenerv3.ListenerFilter
	if on, off := split(tls); len(on) > 0 {
		f := TLSInspector()
		if tls[0] {
			f.FilterDisabled = onPorts(off)
		} else {
			f.FilterDisabled = exceptPorts(on)
		}
		out = append(out, f)
	}
	if on, off := split(http); len(on) > 0 {
		f := HTTPInspector()
		f.FilterDisabled = onPorts(off)
		out = append(out, f)
	}
	return out
}

// split returns the ports that need an inspector and those that do not, each sorted. Port 0 is any other port.
func split(needs map[uint32]bool) (on, off []uint32) {
	for port, need := range needs {
		if need {
			on = append(on, port)
		} else {
			off = append(off, port)
		}
	}
	slices.Sort(on)
	slices.Sort(off)
	return on, off
}

// onPorts holds for connections to one of some ports; it is nil for none.
func onPorts(ports []uint32) *listenerv3.ListenerFilterChainMatchPredicate {
	var any []*listenerv3.ListenerFilterChainMatchPredicate
	for _, p := range ports {
		any = append(any, &listenerv3.ListenerFilterChainMatchPredicate{
			Rule: &listenerv3.ListenerFilterChainMatchPredicate_DestinationPortRange{
				DestinationPortRange: &typev3.Int32Range{Start: int32(p), End: int32(p) + 1},
			},
		})
	}
	switch len(any) {
	case 0:
		return nil
	case 1:
		return any[0]
	}
	return &listenerv3.ListenerFilterChainMatchPredicate{Rule: &listenerv3.ListenerFilterChainMatchPredicate_OrMatch{
		OrMatch: &listenerv3.ListenerFilterChainMatchPredicate_MatchSet{Rules: any},
	}}
}

// exceptPorts holds for connections to any port but some.
func exceptPorts(ports []uint32) *listenerv3.ListenerFilterChainMatchPredicate {
	return &listenerv3.ListenerFilterChainMatchPredicate{Rule: &listenerv3.ListenerFilterChainMatchPredicate_NotMatch{
		NotMatch: onPorts(ports),
	}}
}
