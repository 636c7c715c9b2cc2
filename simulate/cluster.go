package simulate

import (
	"strconv"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	httpv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"

	"sem.example/internal/envoy"
)

// The clusters that Istio gives every proxy.
const (
	blackHole          = "BlackHoleCluster"
	passthrough        = "PassthroughCluster"
	inboundPassthrough = "InboundPassthroughCluster"
)

// blockAll is the virtual host that Istio gives a route table where hosts that are not registered are blocked.
const blockAll = "block_all"

// The ways in which a cluster finds its endpoints, in the words of the trace document.
const (
	byDNS        = "DNS"
	byConfig     = "STATIC"
	byEDS        = "EDS"
	byOriginal   = "ORIGINAL_DST"
	byDynamicDNS = "DYNAMIC_DNS"
)

// A cluster is one of the proxy's, with its endpoints and their shares.
type cluster struct {
	proto       *clusterv3.Cluster
	name        string
	addr        envoy.Addr
	says        string // what it is, for a step
	destination Destination
	endpoints   []endpoint
	standby     standby
	unread      []string
	sockets     sockets
	http        *httpv3.HttpProtocolOptions
	balancer    string
	pool        map[string]string
	outlier     map[string]string
}

// cluster returns a cluster by name, or nil where there is none that Envoy runs.
func (e *Engine) cluster(name string) *cluster {
	if known, ok := e.clusters.find(name); ok {
		return known
	}
	var out *cluster
	if c := e.resources.Cluster(name); c != nil && envoy.ClusterRefusal(c) == "" {
		out = e.newCluster(c)
	}
	return e.clusters.keep(name, out)
}

// absence says why there is no cluster of a name, in words that follow the name.
func (e *Engine) absence(name string) string {
	if c := e.resources.Cluster(name); c != nil {
		return "is one that Envoy does not run: " + envoy.ClusterRefusal(c)
	}
	return "does not exist"
}

const httpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

func (e *Engine) newCluster(c *clusterv3.Cluster) *cluster {
	out := &cluster{proto: c, name: c.GetName(), addr: envoy.Cluster(c.GetName()), sockets: newSockets(c), balancer: balancerOf(c), pool: poolOf(c), outlier: outlierOf(c)}
	options := &httpv3.HttpProtocolOptions{}
	if c.GetTypedExtensionProtocolOptions()[httpOptions].UnmarshalTo(options) == nil {
		out.http = options
	}
	out.destination = destinationOf(c.GetName())
	out.destination.Resolution = resolution(c)
	out.says = out.words()
	out.endpoints = e.newEndpoints(out)
	return out
}

// destinationOf reads what the cluster stands for from its name: "outbound|80|v1|reviews.default.svc.cluster.local",
// or "outbound_.80_.v1_.reviews…", which gateways route by.
func destinationOf(name string) Destination {
	d := Destination{Host: name}
	for _, separator := range []string{"|", "_."} {
		parts := strings.SplitN(name, separator, 4)
		if len(parts) < 4 {
			continue
		}
		if port, err := strconv.ParseUint(parts[1], 10, 16); err == nil {
			d.Port, d.Subset, d.Host = uint32(port), parts[2], parts[3]
			return d
		}
	}
	return d
}

func resolution(c *clusterv3.Cluster) string {
	switch kind := lastWord(envoy.TypeOf(c.GetClusterType().GetTypedConfig())); {
	case strings.Contains(c.GetClusterType().GetName(), "dynamic_forward_proxy"):
		return byDynamicDNS
	case kind == "DnsCluster":
		return byDNS
	case kind != "":
		return kind
	}
	switch c.GetType() {
	case clusterv3.Cluster_STRICT_DNS, clusterv3.Cluster_LOGICAL_DNS:
		return byDNS
	case clusterv3.Cluster_EDS:
		return byEDS
	case clusterv3.Cluster_ORIGINAL_DST:
		return byOriginal
	}
	return byConfig
}

// words describes the cluster in a step, beside its name.
func (c *cluster) words() string {
	var parts []string
	if c.destination.Subset != "" {
		parts = append(parts, "subset "+c.destination.Subset)
	}
	if c.destination.Resolution == byOriginal {
		parts = append(parts, "the original destination")
	} else {
		parts = append(parts, "endpoints by "+c.destination.Resolution)
	}
	if c.external() {
		parts = append(parts, "outside the mesh")
	}
	return strings.Join(parts, ", ")
}

// passes says whether the cluster sends connections on to where the application dialled, outside of any rule.
func (c *cluster) passes() bool { return c.name == passthrough || c.name == inboundPassthrough }

// failure is the verdict where the cluster has nobody to send a connection to.
func (c *cluster) failure() Verdict {
	if c.name == blackHole {
		return Blackhole
	}
	return NoEndpoints
}

// external says whether the cluster's own metadata marks it as outside of the mesh.
func (c *cluster) external() bool {
	return c.proto.GetMetadata().GetFilterMetadata()["istio"].GetFields()["external"].GetBoolValue()
}
