package filterchain

import (
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	meshconfig "istio.io/api/mesh/v1alpha1"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// connectionSettings are the limits that the mesh's proxy configuration sets for connections; nil for none. The profile
// EDGE fills in, at gateways, what is left unset.
func connectionSettings(view *mesh.View) *meshconfig.ProxyConfig_ConnectionSettings {
	set := proxy.Config(view).GetConnectionSettings()
	if !view.IsGateway() || set.GetProfile() != meshconfig.ProxyConfig_ConnectionSettings_EDGE {
		return set
	}
	out := proto.CloneOf(set)
	number := func(field **wrapperspb.Int32Value, value int32) {
		if *field == nil {
			*field = wrapperspb.Int32(value)
		}
	}
	timeout := func(field **durationpb.Duration, value time.Duration) {
		if *field == nil {
			*field = durationpb.New(value)
		}
	}
	number(&out.ListenerPerConnectionBufferLimitBytes, 32<<10)
	number(&out.HttpMaxConcurrentStreams, 100)
	number(&out.Http2InitialStreamWindowSize, 64<<10)
	number(&out.Http2InitialConnectionWindowSize, 1<<20)
	timeout(&out.HttpIdleTimeout, time.Hour)
	timeout(&out.HttpStreamIdleTimeout, 5*time.Minute)
	timeout(&out.HttpRequestTimeout, 5*time.Minute)
	timeout(&out.HttpRequestHeadersTimeout, time.Minute)
	if out.HttpHeadersWithUnderscoresAction == 0 {
		out.HttpHeadersWithUnderscoresAction = meshconfig.ProxyConfig_ConnectionSettings_HEADERS_WITH_UNDERSCORES_REJECT_REQUEST
	}
	if out.HttpMergeSlashes == nil {
		out.HttpMergeSlashes = xds.True()
	}
	if out.HttpPathWithEscapedSlashesAction == 0 {
		out.HttpPathWithEscapedSlashesAction = meshconfig.ProxyConfig_ConnectionSettings_UNESCAPE_AND_REDIRECT
	}
	return out
}

// BufferLimit is the limit of what a listener buffers for one connection; nil for Envoy's own.
func BufferLimit(view *mesh.View) *wrapperspb.UInt32Value {
	return unsigned(connectionSettings(view).GetListenerPerConnectionBufferLimitBytes())
}

// limit applies the settings to the requests of a filter chain, where they go before what the mesh says about paths.
func limit(out *hcmv3.HttpConnectionManager, set *meshconfig.ProxyConfig_ConnectionSettings) {
	common := &corev3.HttpProtocolOptions{
		IdleTimeout:                  set.GetHttpIdleTimeout(),
		MaxConnectionDuration:        set.GetHttpMaxConnectionDuration(),
		MaxStreamDuration:            set.GetHttpMaxStreamDuration(),
		HeadersWithUnderscoresAction: underscores(set.GetHttpHeadersWithUnderscoresAction()),
	}
	if proto.Size(common) > 0 || set.GetHttpHeadersWithUnderscoresAction() != 0 {
		out.CommonHttpProtocolOptions = common
	}
	if t := set.GetHttpStreamIdleTimeout(); t != nil {
		out.StreamIdleTimeout = t
	}
	out.RequestTimeout = set.GetHttpRequestTimeout()
	out.RequestHeadersTimeout = set.GetHttpRequestHeadersTimeout()
	out.DrainTimeout = set.GetHttpDrainTimeout()
	limitStreams(out, set)
	if m := set.GetHttpMergeSlashes(); m != nil {
		out.MergeSlashes = m.Value
	}
	if a, ok := escapedSlashes[set.GetHttpPathWithEscapedSlashesAction()]; ok {
		out.PathWithEscapedSlashesAction = a
	}
}

// limitStreams applies the settings of HTTP/2.
func limitStreams(out *hcmv3.HttpConnectionManager, set *meshconfig.ProxyConfig_ConnectionSettings) {
	streams, stream, connection := set.GetHttpMaxConcurrentStreams(), set.GetHttp2InitialStreamWindowSize(), set.GetHttp2InitialConnectionWindowSize()
	if streams == nil && stream == nil && connection == nil {
		return
	}
	if out.Http2ProtocolOptions == nil {
		out.Http2ProtocolOptions = &corev3.Http2ProtocolOptions{}
	}
	h2 := out.Http2ProtocolOptions
	h2.MaxConcurrentStreams, h2.InitialStreamWindowSize, h2.InitialConnectionWindowSize = unsigned(streams), unsigned(stream), unsigned(connection)
}

func underscores(a meshconfig.ProxyConfig_ConnectionSettings_HeadersWithUnderscoresAction) corev3.HttpProtocolOptions_HeadersWithUnderscoresAction {
	switch a {
	case meshconfig.ProxyConfig_ConnectionSettings_HEADERS_WITH_UNDERSCORES_REJECT_REQUEST:
		return corev3.HttpProtocolOptions_REJECT_REQUEST
	case meshconfig.ProxyConfig_ConnectionSettings_HEADERS_WITH_UNDERSCORES_DROP_HEADER:
		return corev3.HttpProtocolOptions_DROP_HEADER
	}
	return corev3.HttpProtocolOptions_ALLOW
}

// escapedSlashes is Envoy's word for each of Istio's, the unset one apart.
var escapedSlashes = map[meshconfig.ProxyConfig_ConnectionSettings_PathWithEscapedSlashesAction]hcmv3.HttpConnectionManager_PathWithEscapedSlashesAction{
	meshconfig.ProxyConfig_ConnectionSettings_KEEP_UNCHANGED:        hcmv3.HttpConnectionManager_KEEP_UNCHANGED,
	meshconfig.ProxyConfig_ConnectionSettings_REJECT_REQUEST:        hcmv3.HttpConnectionManager_REJECT_REQUEST,
	meshconfig.ProxyConfig_ConnectionSettings_UNESCAPE_AND_REDIRECT: hcmv3.HttpConnectionManager_UNESCAPE_AND_REDIRECT,
	meshconfig.ProxyConfig_ConnectionSettings_UNESCAPE_AND_FORWARD:  hcmv3.HttpConnectionManager_UNESCAPE_AND_FORWARD,
}

// unsigned takes a value over, unless it is unset or negative.
func unsigned(v *wrapperspb.Int32Value) *wrapperspb.UInt32Value {
	if v == nil || v.Value < 0 {
		return nil
	}
	return wrapperspb.UInt32(uint32(v.Value))
}

// orYes is the value of a switch that is on unless it is set.
func orYes(v *wrapperspb.BoolValue) *wrapperspb.BoolValue {
	if v == nil {
		return xds.True()
	}
	return v
}
