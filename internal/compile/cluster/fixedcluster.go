package cluster

import (
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	upstreamsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// blackHoleCluster builds the cluster that has no endpoint and never will.
func blackHoleCluster(view *mesh.View) *Mutable {
	t := NewMutable(xds.BlackHole, clusterv3.Cluster_STATIC)
	t.ConnectTimeout = view.Mesh.Settings.Config.GetConnectTimeout()
	t.setting("pool", "connectTimeout")
	return t
}

// passthroughCluster builds the cluster of unknown destinations, which connects to where the application wanted to.
func passthroughCluster(view *mesh.View) *Mutable {
	t := NewPassthrough(view, xds.Passthrough)
	t.exchangePeers()
	return t
}

// NewPassthrough starts a cluster of a name that connects to the original destination. Of the mesh's default policy it
// takes the limits, but not what is about requests.
func NewPassthrough(view *mesh.View, name string) *Mutable {
	t := NewMutable(name, clusterv3.Cluster_ORIGINAL_DST)
	t.LbPolicy = clusterv3.Cluster_CLUSTER_PROVIDED
	ApplyConnectionPool(view, t, view.Mesh.Settings.Config.GetDefaultTrafficPolicy().GetConnectionPool(), nil)
	t.http = nil
	t.setHTTP(clientHTTP(view))
	return t
}

// clientHTTP are the HTTP options towards unknown destinations: the client's version, connections closed after five
// idle minutes.
func clientHTTP(view *mesh.View) *upstreamsv3.HttpProtocolOptions {
	var one *corev3.Http1ProtocolOptions
	if proxy.KeepsCase(view) {
		one = xds.PreserveCase()
	}
	return &upstreamsv3.HttpProtocolOptions{
		CommonHttpProtocolOptions: &corev3.HttpProtocolOptions{IdleTimeout: durationpb.New(5 * time.Minute)},
		UpstreamProtocolOptions:   asClient(one),
	}
}
