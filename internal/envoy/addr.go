package envoy

import (
	"net"
	"strconv"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// An Addr is the address of a resource or of a part of one: "listener/0.0.0.0_80", "route/80/vhost/reviews:80/2",
// "cluster/outbound|80||reviews/tls". Compile writes origins under these addresses and the simulator looks them up.
type Addr string

// Listener is the address of a listener.
func Listener(name string) Addr { return Addr("listener/" + name) }

// FilterChains is the address of the filter chains of a listener.
func FilterChains(listener string) Addr { return Listener(listener) + "/chain" }

// FilterChain is the address of the i-th filter chain of a listener; -1 is the default chain.
func FilterChain(listener string, i int) Addr {
	return FilterChains(listener) + Addr("/"+strconv.Itoa(i))
}

// RouteConfig is the address of a route table.
func RouteConfig(name string) Addr { return Addr("route/" + name) }

// VirtualHost is the address of a virtual host.
func VirtualHost(config, vhost string) Addr { return RouteConfig(config) + Addr("/vhost/"+vhost) }

// Route is the address of the i-th route of a virtual host.
func Route(config, vhost string, i int) Addr {
	return VirtualHost(config, vhost) + Addr("/"+strconv.Itoa(i))
}

// Cluster is the address of a cluster.
func Cluster(name string) Addr { return Addr("cluster/" + name) }

// Endpoint is the address of an endpoint of a cluster; [HostPort] writes the endpoint's own address.
func Endpoint(cluster, hostPort string) Addr { return Cluster(cluster) + Addr("/endpoint/"+hostPort) }

// Part is the address of a named part of a resource, such as "match/0", "rewrite", "retry", "timeout", "fault",
// "headers", "tls", "balancer", "pool", "outlier", "target/1".
func (a Addr) Part(name string) Addr { return a + "/" + Addr(name) }

// HostPort writes a network address as "10.0.0.7:80" or "[fd00::7]:80", and a unix domain socket as its path.
func HostPort(a *corev3.Address) string {
	if pipe := a.GetPipe(); pipe != nil {
		return pipe.GetPath()
	}
	s := a.GetSocketAddress()
	return net.JoinHostPort(s.GetAddress(), strconv.FormatUint(uint64(s.GetPortValue()), 10))
}
