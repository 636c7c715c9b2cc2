package xds

import (
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	mongov3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/mongo_proxy/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"

	"sem.example/internal/mesh"
)

// TCPProxyTo sends connections to a cluster.
func TCPProxyTo(cluster string) *tcpproxyv3.TcpProxy {
	return &tcpproxyv3.TcpProxy{StatPrefix: cluster, ClusterSpecifier: &tcpproxyv3.TcpProxy_Cluster{Cluster: cluster}}
}

// TCPFilters are the filters that pass the connections of a protocol on. MongoDB's is read on the way.
func TCPFilters(p mesh.Protocol, to *tcpproxyv3.TcpProxy) []*listenerv3.Filter {
	out := []*listenerv3.Filter{NetworkFilter("envoy.filters.network.tcp_proxy", to)}
	if p == mesh.Mongo {
		read := NetworkFilter("envoy.filters.network.mongo_proxy", &mongov3.MongoProxy{StatPrefix: to.StatPrefix})
		out = append([]*listenerv3.Filter{read}, out...)
	}
	return out
}
