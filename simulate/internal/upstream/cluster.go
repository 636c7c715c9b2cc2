package upstream

import (
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"

	"sem.example/internal/clustername"
	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
)

// The clusters that Istio gives every proxy.
const (
	blackHole          = "BlackHoleCluster"
	passthrough        = "PassthroughCluster"
	inboundPassthrough = "InboundPassthroughCluster"
)

// The ways in which a cluster finds its endpoints, in the words of the trace document.
const (
	ByDNS        = "DNS"
	byConfig     = "STATIC"
	byEDS        = "EDS"
	ByOriginal   = "ORIGINAL_DST"
	byDynamicDNS = "DYNAMIC_DNS"
)

// A cluster is one of the proxy's, with its endpoints and their shares.
type cluster struct {
	proto       *clusterv3.Cluster
	Name        string
	Addr        envoy.Addr
	Destination decision.Destination
	endpoints   []Endpoint
	standby     decision.Standby
	unsupported []string
	sockets     sockets
	http        *httpv3.HttpProtocolOptions
	balancer    string
	pool        map[string]string
	outlier     map[string]string
}

const httpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

// DestinationOf is what the name of the cluster says that it leads to.
func DestinationOf(name string) decision.Destination {
	if n, ok := clustername.Parse(name); ok {
		return decision.Destination{Host: n.Host, Subset: n.Subset, Port: n.Port}
	}
	return decision.Destination{Host: name}
}

func resolution(c *clusterv3.Cluster) string {
	switch kind := envoy.ShortType(envoy.TypeOf(c.GetClusterType().GetTypedConfig())); {
	case strings.Contains(c.GetClusterType().GetName(), "dynamic_forward_proxy"):
		return byDynamicDNS
	case kind == "DnsCluster":
		return ByDNS
	case kind != "":
		return kind
	}
	switch c.GetType() {
	case clusterv3.Cluster_STRICT_DNS, clusterv3.Cluster_LOGICAL_DNS:
		return ByDNS
	case clusterv3.Cluster_EDS:
		return byEDS
	case clusterv3.Cluster_ORIGINAL_DST:
		return ByOriginal
	}
	return byConfig
}

// kind describes the cluster.
func (c *cluster) kind() decision.Reason {
	return decision.ClusterKind{Subset: c.Destination.Subset, Resolution: c.Destination.Resolution, External: c.External()}
}

// Passes reports whether the cluster sends connections on to the address that the application connected to, outside of any rule.
func (c *cluster) Passes() bool { return c.Name == passthrough || c.Name == inboundPassthrough }

// failure is the verdict where the cluster has nobody to send a connection to.
func (c *cluster) failure() decision.Verdict {
	if c.Name == blackHole {
		return decision.Blackhole
	}
	return decision.NoEndpoints
}

// External reports whether the cluster's own metadata marks it as outside of the mesh.
func (c *cluster) External() bool {
	return c.proto.GetMetadata().GetFilterMetadata()["istio"].GetFields()["external"].GetBoolValue()
}

// KeepsALPN reports whether the cluster's own ALPN is not to be overridden.
func (c *cluster) KeepsALPN() bool {
	return c.proto.GetMetadata().GetFilterMetadata()["istio"].GetFields()["alpn_override"].GetStringValue() == "false"
}
