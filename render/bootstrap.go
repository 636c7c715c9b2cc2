package render

import (
	"cmp"
	"io"
	"maps"
	"slices"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// Bootstrap writes one static bootstrap that a stock Envoy runs as it is. It returns what Istio's own proxy would run
// and a stock Envoy cannot, and what the resources lack; a line each, sorted. The error is the writer's or the file
// system's.
func Bootstrap(w io.Writer, s *envoy.Snapshot, o BootstrapOptions) (leftOut []string, err error) {
	b, leftOut := Static(s, o)
	if o.SelfSigned {
		if err := SelfSigned(b, o); err != nil {
			return nil, err
		}
	}
	d := document{w: w}
	d.pages(func(yield func(piece) bool) {
		s := splitter{yield: yield}
		s.message("", b, "")
		s.raw("\n")
	})
	return leftOut, d.err
}

// Static turns what a control plane delivers piece by piece into one static bootstrap: route tables and endpoints stand
// inline, secrets in files. It returns also what it left out (see [Bootstrap]). The snapshot is not changed.
func Static(s *envoy.Snapshot, o BootstrapOptions) (*bootstrapv3.Bootstrap, []string) {
	c := newConverter(s, o.certFolder())
	resources := c.resources(s)
	return &bootstrapv3.Bootstrap{
		Node:            &corev3.Node{Id: cmp.Or(o.NodeID, "sem"), Cluster: cmp.Or(o.NodeCluster, "sem")},
		Admin:           &bootstrapv3.Admin{Address: socket("127.0.0.1", cmp.Or(o.AdminPort, 15000))},
		StaticResources: resources,
	}, slices.Sorted(maps.Keys(c.leftOut))
}

// resources are the listeners and clusters, but for those that Envoy refuses: in a static bootstrap one would take
// everything down with it.
func (c converter) resources(s *envoy.Snapshot) *bootstrapv3.Bootstrap_StaticResources {
	out := &bootstrapv3.Bootstrap_StaticResources{}
	taken := envoy.Sockets{}
	for _, l := range s.Listeners {
		if what := "listener " + l.GetName(); c.leftOut.refused(what, envoy.ListenerRefusal(l)) || c.leftOut.refused(what, taken.Add(l)) {
			continue
		}
		l = proto.Clone(l).(*listenerv3.Listener)
		c.listener(l)
		out.Listeners = append(out.Listeners, l)
	}
	for _, cluster := range s.Clusters {
		if c.leftOut.refused("cluster "+cluster.GetName(), envoy.ClusterRefusal(cluster)) {
			continue
		}
		cluster = proto.Clone(cluster).(*clusterv3.Cluster)
		c.cluster(cluster)
		out.Clusters = append(out.Clusters, cluster)
	}
	return out
}

func socket(address string, port uint32) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address:       address,
		PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}
}
