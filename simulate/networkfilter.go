package simulate

import (
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	tcpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// A networkFilter reads the bytes of a connection. At most one of the pointers is set.
type networkFilter struct {
	name    string
	kind    string
	message proto.Message // nil where sem has no message for it
	rbac    *rbac
	tcp     *tcpProxy
	http    *manager
}

func (e *Engine) newNetworkFilter(f *listenerv3.Filter) networkFilter {
	out := networkFilter{name: f.GetName(), kind: envoy.TypeOf(f.GetTypedConfig())}
	message, err := f.GetTypedConfig().UnmarshalNew()
	if err != nil {
		return out
	}
	out.message = message
	switch m := message.(type) {
	case *tcpv3.TcpProxy:
		out.tcp = newTCPProxy(m)
	case *hcmv3.HttpConnectionManager:
		out.http = newManager(m)
	case *rbacv3.RBAC:
		out.rbac = newRBAC(m.GetRules())
	}
	return out
}

// authorizes says whether the filter is about access, be it only with shadow rules.
func (f *networkFilter) authorizes() bool {
	_, ok := f.message.(*rbacv3.RBAC)
	return ok
}

// An addresser sets where the connection goes by its server name.
func (f *networkFilter) addresser() bool {
	return strings.HasSuffix(f.kind, "sni_dynamic_forward_proxy.v3.FilterConfig")
}

// namesCluster says whether the filter makes the server name the name of the cluster.
func (f *networkFilter) namesCluster() bool {
	return strings.HasSuffix(f.kind, "sni_cluster.v3.SniCluster") || f.name == "envoy.filters.network.sni_cluster"
}
