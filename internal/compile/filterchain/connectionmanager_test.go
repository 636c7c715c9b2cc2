package filterchain

import (
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// TestConnectionManager shows what settings of the mesh change in the way that requests are handled.
func TestConnectionManager(t *testing.T) {
	for _, tt := range []struct {
		name, settings string
		side           Side
		protocol       mesh.Protocol
		change         func(*hcmv3.HttpConnectionManager)
	}{
		{
			name: "paths as they are", settings: "pathNormalization: {normalization: NONE}",
			change: func(m *hcmv3.HttpConnectionManager) { m.NormalizePath = xds.False() },
		},
		{
			name: "slashes merged", settings: "pathNormalization: {normalization: MERGE_SLASHES}",
			change: func(m *hcmv3.HttpConnectionManager) { m.MergeSlashes = true },
		},
		{
			name: "slashes decoded", settings: "pathNormalization: {normalization: DECODE_AND_MERGE_SLASHES}",
			change: func(m *hcmv3.HttpConnectionManager) {
				m.MergeSlashes = true
				m.PathWithEscapedSlashesAction = hcmv3.HttpConnectionManager_UNESCAPE_AND_FORWARD
			},
		},
		{
			name: "server header of its own", side: Inbound,
			settings: "defaultConfig: {proxyHeaders: {server: {value: me}, requestId: {disabled: true}}}",
			change: func(m *hcmv3.HttpConnectionManager) {
				m.ServerName, m.GenerateRequestId = "me", xds.False()
			},
		},
		{
			name: "the workload's server header", side: Inbound,
			settings: "defaultConfig: {proxyHeaders: {server: {disabled: true}, forwardedClientCert: SANITIZE}}",
			change: func(m *hcmv3.HttpConnectionManager) {
				m.ServerName, m.ServerHeaderTransformation = "", hcmv3.HttpConnectionManager_PASS_THROUGH
				m.ForwardClientCertDetails = hcmv3.HttpConnectionManager_SANITIZE
			},
		},
		{
			name: "header case kept", settings: "defaultConfig: {proxyHeaders: {preserveHttp1HeaderCase: true}}",
			change: func(m *hcmv3.HttpConnectionManager) { m.HttpProtocolOptions = xds.PreserveCase() },
		},
		{
			name: "proxies before a gateway", side: Gateway,
			settings: "defaultConfig: {gatewayTopology: {numTrustedProxies: 2, forwardClientCertDetails: FORWARD_ONLY}}",
			change: func(m *hcmv3.HttpConnectionManager) {
				m.XffNumTrustedHops, m.ForwardClientCertDetails = 2, hcmv3.HttpConnectionManager_FORWARD_ONLY
				m.SetCurrentClientCertDetails = nil
			},
		},
		{
			name: "limits", side: Inbound,
			settings: "defaultConfig: {connectionSettings: {httpStreamIdleTimeout: 5s, httpIdleTimeout: 6s, httpMergeSlashes: true}}",
			change: func(m *hcmv3.HttpConnectionManager) {
				m.StreamIdleTimeout, m.MergeSlashes = xds.Seconds(5), true
				m.CommonHttpProtocolOptions = &corev3.HttpProtocolOptions{IdleTimeout: xds.Seconds(6)}
			},
		},
		{
			name: "the profile of an edge fills limits in", side: Gateway,
			settings: "defaultConfig: {connectionSettings: {profile: EDGE, httpRequestTimeout: 1s, httpMaxConcurrentStreams: 7}}",
			change: func(m *hcmv3.HttpConnectionManager) {
				m.StreamIdleTimeout, m.RequestTimeout, m.RequestHeadersTimeout = xds.Seconds(300), xds.Seconds(1), xds.Seconds(60)
				m.MergeSlashes, m.PathWithEscapedSlashesAction = true, hcmv3.HttpConnectionManager_UNESCAPE_AND_REDIRECT
				m.CommonHttpProtocolOptions = &corev3.HttpProtocolOptions{
					IdleTimeout: xds.Seconds(3600), HeadersWithUnderscoresAction: corev3.HttpProtocolOptions_REJECT_REQUEST,
				}
				m.Http2ProtocolOptions = &corev3.Http2ProtocolOptions{
					MaxConcurrentStreams:        wrapperspb.UInt32(7),
					InitialStreamWindowSize:     wrapperspb.UInt32(64 << 10),
					InitialConnectionWindowSize: wrapperspb.UInt32(1 << 20),
				}
			},
		},
		{
			name: "networks of the mesh are its own side", side: Gateway,
			settings: "{meshConfig: {}, global: {meshNetworks: {b: {endpoints: [{fromCidr: 10.2.0.0/16}]}, a: {endpoints: [{fromRegistry: x}, {fromCidr: 10.1.0.0/16}]}}}}",
			change: func(m *hcmv3.HttpConnectionManager) {
				one, _ := xds.CIDRRange("10.1.0.0/16")
				two, _ := xds.CIDRRange("10.2.0.0/16")
				m.InternalAddressConfig = &hcmv3.HttpConnectionManager_InternalAddressConfig{CidrRanges: []*corev3.CidrRange{one, two}}
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := managerWith(t, "", tt.side, tt.protocol)
			if tt.change != nil {
				tt.change(want)
			}
			got := managerWith(t, tt.settings, tt.side, tt.protocol)
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// managerWith is the connection manager of one side under some settings of the mesh, without its filters.
func managerWith(t *testing.T, text string, s Side, p mesh.Protocol) *hcmv3.HttpConnectionManager {
	t.Helper()
	docs, _ := source.Parse(&source.File{Name: "settings.yaml", Data: []byte(text)})
	settings, _, problems := mesh.ReadSettings(docs)
	for _, d := range problems {
		t.Fatal(d.Message)
	}
	m, _ := mesh.Build(nil, settings)
	proxy := mesh.Proxy{Namespace: "ns", Name: "p"}
	if s == Gateway {
		proxy.Type = mesh.Gateway
	}
	out := connectionManager(m.View(proxy), Manager{Side: s, Protocol: p, Table: "t"})
	out = proto.CloneOf(out)
	out.HttpFilters = nil
	return out
}
