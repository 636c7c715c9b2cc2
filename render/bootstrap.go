package render

import (
	"cmp"
	"io"
	"maps"
	"slices"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// BootstrapOptions are what a bootstrap holds that the resources do not say.
type BootstrapOptions struct {
	NodeID      string // "sidecar~10.0.0.7~web-0.shop~shop.svc.cluster.local"; "sem" if empty
	NodeCluster string // "web.shop"; "sem" if empty
	AdminPort   uint32 // of the admin interface on the loopback address; 15000 if 0
	Identity    string // the SPIFFE identity that a stand-in for the proxy's own certificate is given
	Certs       string // the folder of certificates that have no path of their own; "certs" if empty
	StandIns    bool   // write stand-ins into Certs for the certificates that are absent
}

// Bootstrap writes one static bootstrap that a stock Envoy runs as it is. It returns what Istio's own proxy would run
// and a stock Envoy cannot, and what the resources lack; a line each, sorted. The error is the writer's or the file
// system's.
func Bootstrap(w io.Writer, s *envoy.Snapshot, o BootstrapOptions) (leftOut []string, err error) {
	b, leftOut := Static(s, o)
	if o.StandIns {
		if err := StandIns(b, o); err != nil {
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
	c := converter{
		certs:     cmp.Or(o.Certs, "certs"),
		routes:    map[string]*routev3.RouteConfiguration{},
		endpoints: map[string]*endpointv3.ClusterLoadAssignment{},
		leftOut:   map[string]bool{},
	}
	for _, r := range s.Routes {
		c.routes[r.GetName()] = r
	}
	for _, e := range s.Endpoints {
		c.endpoints[e.GetClusterName()] = e
	}
	resources := c.resources(s)
	return &bootstrapv3.Bootstrap{
		Node:            &corev3.Node{Id: cmp.Or(o.NodeID, "sem"), Cluster: cmp.Or(o.NodeCluster, "sem")},
		Admin:           &bootstrapv3.Admin{Address: socket("127.0.0.1", cmp.Or(o.AdminPort, 15000))},
		StaticResources: resources,
	}, slices.Sorted(maps.Keys(c.leftOut))
}

// A converter makes the resources of one proxy static.
type converter struct {
	certs     string
	routes    map[string]*routev3.RouteConfiguration
	endpoints map[string]*endpointv3.ClusterLoadAssignment
	leftOut   map[string]bool
}

// resources are the listeners and clusters, but for those that Envoy refuses: in a static bootstrap one would take
// everything down with it.
func (c converter) resources(s *envoy.Snapshot) *bootstrapv3.Bootstrap_StaticResources {
	out := &bootstrapv3.Bootstrap_StaticResources{}
	for _, l := range s.Listeners {
		if c.refused("listener "+l.GetName(), envoy.ListenerRefusal(l)) {
			continue
		}
		l = proto.Clone(l).(*listenerv3.Listener)
		c.listener(l)
		out.Listeners = append(out.Listeners, l)
	}
	for _, cluster := range s.Clusters {
		if c.refused("cluster "+cluster.GetName(), envoy.ClusterRefusal(cluster)) {
			continue
		}
		cluster = proto.Clone(cluster).(*clusterv3.Cluster)
		c.cluster(cluster)
		out.Clusters = append(out.Clusters, cluster)
	}
	return out
}

func (c converter) refused(what, why string) bool {
	if why != "" {
		c.leftOut[what+": "+why+", Envoy would refuse it"] = true
	}
	return why != ""
}

func socket(address string, port uint32) *corev3.Address {
	return &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address:       address,
		PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}
}
