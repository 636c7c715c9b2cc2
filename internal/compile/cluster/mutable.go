package cluster

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	dynamicv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/clusters/dynamic_forward_proxy/v3"
	upstreamsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/types/known/anypb"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// HTTPOptions is the name under which a cluster carries its HTTP options.
const HTTPOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

// A Mutable is a cluster that is being built. What Envoy wants packed is packed at the end.
type Mutable struct {
	*clusterv3.Cluster
	http     *upstreamsv3.HttpProtocolOptions // nil until something sets one of them
	names    *dynamicv3.ClusterConfig         // of a cluster whose endpoints are the names of requests, else nil
	settings []setting                        // of the mesh that show in it
	Origins  func() origin.List               // works out where the rest of it is written; nil where nowhere
}

// NewMutable returns a cluster of a name whose endpoints are found in a given way.
func NewMutable(name string, how clusterv3.Cluster_DiscoveryType) *Mutable {
	return &Mutable{Cluster: &clusterv3.Cluster{Name: name, ClusterDiscoveryType: &clusterv3.Cluster_Type{Type: how}}}
}

// options returns the HTTP options to be changed.
func (t *Mutable) options() *upstreamsv3.HttpProtocolOptions {
	if t.http == nil {
		t.http = &upstreamsv3.HttpProtocolOptions{}
	}
	return t.http
}

// Build packs the cluster; nil stays nil. Envoy wants a protocol named as soon as there are HTTP options: then
// HTTP/1.1 is.
func (t *Mutable) Build() *clusterv3.Cluster {
	if t == nil {
		return nil
	}
	if t.names != nil {
		t.ClusterDiscoveryType = &clusterv3.Cluster_ClusterType{ClusterType: &clusterv3.Cluster_CustomClusterType{
			Name: "envoy.clusters.dynamic_forward_proxy", TypedConfig: xds.Any(t.names),
		}}
	}
	if t.http != nil {
		if t.http.UpstreamProtocolOptions == nil {
			t.http.UpstreamProtocolOptions = http1(nil)
		}
		t.setHTTP(t.http)
	}
	return t.Cluster
}

func (t *Mutable) setHTTP(o *upstreamsv3.HttpProtocolOptions) {
	t.TypedExtensionProtocolOptions = map[string]*anypb.Any{HTTPOptions: xds.Any(o)}
}

// SetProtocol chooses the protocol that a port is spoken to with. Sidecars speak to a port of unknown protocol as the
// application does; a gateway cannot, since it offers HTTP/2 to every client.
func SetProtocol(view *mesh.View, t *Mutable, p mesh.Protocol) {
	if p.IsHTTP2() {
		t.speakHTTP2()
		return
	}
	if proxy.KeepsCase(view) && (p.IsHTTP() || p == mesh.Detected) {
		t.options().UpstreamProtocolOptions = http1(xds.PreserveCase())
	}
	if p == mesh.Detected && !view.IsGateway() {
		t.speakAsClient()
	}
}

func (t *Mutable) speakHTTP2() {
	if o := t.options(); o.UpstreamProtocolOptions == nil {
		o.UpstreamProtocolOptions = &upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig_{
			ExplicitHttpConfig: &upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig{
				ProtocolConfig: &upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig_Http2ProtocolOptions{
					Http2ProtocolOptions: &corev3.Http2ProtocolOptions{},
				},
			},
		}
	}
}

// speakAsClient makes the proxy speak the HTTP version of the request.
func (t *Mutable) speakAsClient() {
	o := t.options()
	o.UpstreamProtocolOptions = asClient(o.GetExplicitHttpConfig().GetHttpProtocolOptions())
}

// http2 returns the HTTP/2 options of a cluster that speaks nothing else, or nil.
func (t *Mutable) http2() *corev3.Http2ProtocolOptions {
	return t.http.GetExplicitHttpConfig().GetHttp2ProtocolOptions()
}

func http1(o *corev3.Http1ProtocolOptions) *upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig_ {
	if o == nil {
		o = &corev3.Http1ProtocolOptions{}
	}
	return &upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig_{
		ExplicitHttpConfig: &upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig{
			ProtocolConfig: &upstreamsv3.HttpProtocolOptions_ExplicitHttpConfig_HttpProtocolOptions{HttpProtocolOptions: o},
		},
	}
}

func asClient(o *corev3.Http1ProtocolOptions) *upstreamsv3.HttpProtocolOptions_UseDownstreamProtocolConfig {
	if o == nil {
		o = &corev3.Http1ProtocolOptions{}
	}
	return &upstreamsv3.HttpProtocolOptions_UseDownstreamProtocolConfig{
		UseDownstreamProtocolConfig: &upstreamsv3.HttpProtocolOptions_UseDownstreamHttpConfig{
			HttpProtocolOptions:  o,
			Http2ProtocolOptions: &corev3.Http2ProtocolOptions{},
		},
	}
}

// upgrade makes the proxy speak HTTP/2 to a port where the policy or the mesh asks for it. The mesh's wish holds for
// ports that are known to be HTTP; a policy knows what it does.
func upgrade(view *mesh.View, t *Mutable, port *mesh.Port, pool *networking.ConnectionPoolSettings) {
	h := pool.GetHttp()
	switch {
	case h.GetUseClientProtocol(), h.GetH2UpgradePolicy() == networking.ConnectionPoolSettings_HTTPSettings_DO_NOT_UPGRADE:
	case h.GetH2UpgradePolicy() == networking.ConnectionPoolSettings_HTTPSettings_UPGRADE:
		t.speakHTTP2()
	case port.Protocol.IsHTTP() && view.Mesh.Settings.Config.GetH2UpgradePolicy() == meshconfig.MeshConfig_UPGRADE:
		t.speakHTTP2()
		t.setting("protocol", "h2UpgradePolicy")
	}
}

// A setting is a field of the mesh's settings that shows in a part of a cluster.
type setting struct{ part, field string }

func (t *Mutable) setting(part, field string) { t.settings = append(t.settings, setting{part, field}) }

// allowInsecure lets the cluster go without the checks of names that Envoy demands here.
func (t *Mutable) allowInsecure() { t.names.AllowInsecureClusterOptions = true }
