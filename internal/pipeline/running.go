package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/internal/world"
	"sem.example/simulate"
)

// LooksLikeDump reports whether the beginning of a file is that of a dump, and not of resources.
func LooksLikeDump(head []byte) bool { return dumpHead().Match(head) }

// dumpHead is the beginning of a dump or of a list of resources in JSON, or of a dump in YAML. A resource of Kubernetes has none of
// these keys.
var dumpHead = lazy.Regexp(`^(\xef\xbb\xbf)?\s*(\{\s*"(configs|node|admin|static_?[rR]esources|listeners|routes|clusters|endpoints|extensions)"\s*:|(#.*\n|---\n|\s)*configs:)`)

// DumpOf returns what the files of a world make a proxy run, as a dump of it.
func DumpOf(w *World, p simulate.Proxy) (*Dump, error) {
	r, err := w.Compile(p)
	if err != nil {
		return nil, err
	}
	d := newDump(p, r.Snapshot(), w.Release)
	d.files, d.assumed = true, w.completed != nil && slices.ContainsFunc(w.completed.Assumptions, func(a world.Assumption) bool { return a.What == world.Pods })
	return d, nil
}

// In finds the proxy of the dump in the files of a world: its Pod, or else the workload that owns it. Where the files have neither,
// it is the proxy as the dump describes it, and the result is false.
func (d *Dump) In(w *World) (simulate.Proxy, bool, error) {
	for _, name := range []string{d.Proxy.Name, d.snapshot.Workload.Name} {
		p, full := simulate.Proxy{Type: d.Proxy.Type}, d.Proxy.Namespace+"/"+name
		if name != "" && w.Has(p, full, "") {
			p, err := w.Named(p, full, "")
			return p, true, err
		}
	}
	return d.Proxy, false, nil
}

// Directions are those of the traffic through the proxy.
func (d *Dump) Directions() []string {
	if d.Proxy.Type == Gateway {
		return []string{Gateway}
	}
	return []string{Inbound, Outbound}
}

// Resources are what the proxy runs for a direction.
func (d *Dump) Resources(direction string) *envoy.Snapshot { return directed(d.snapshot, direction) }

// Comparable returns two dumps without what only one of them can show, and in words what that is.
func Comparable(old, new *Dump) (a, b *Dump, left []string) {
	without := []func(proto.Message){dropObservers}
	edits := []func(*envoy.Snapshot){}
	if old.files != new.files {
		without, edits = append(without, dropUnrendered), append(edits, dropBootstrap)
		left = append(left, "what is not derived from files: timeouts of listener filters, and limits of accepted connections and direct responses")
		if n := len(old.snapshot.Static) + len(new.snapshot.Static); n > 0 {
			left = append(left, fmt.Sprintf("the bootstrap: %d listeners and clusters that only the dump has", n))
		}
	}
	if why := lacksEndpoints(old, new); why != "" {
		edits = append(edits, anyEndpoints)
		left = append(left, "endpoints by EDS: "+why+"; each cluster is assumed to have one, with a sidecar")
	}
	return old.edited(without, edits), new.edited(without, edits), append(left, secretsLeft)
}

// lacksEndpoints is why the endpoints of one of two dumps say nothing about those of the other; "" where they do.
func lacksEndpoints(old, new *Dump) string {
	for _, side := range []struct {
		*Dump
		name string
	}{{old, "OLD"}, {new, "NEW"}} {
		switch {
		case !side.files && !side.HasEndpoints():
			return side.name + " has none: take the dump with /config_dump?include_eds"
		case old.files != new.files && side.assumed:
			return side.name + " has no Pods or EndpointSlices of some workloads"
		}
	}
	return ""
}

// secretsLeft is what no dump holds: Envoy redacts it.
const secretsLeft = "certificates and keys of Secrets: a dump has their names only"

// dropBootstrap leaves out the listeners and clusters that no control plane sends.
func dropBootstrap(s *envoy.Snapshot) {
	static := map[envoy.Addr]bool{}
	for _, at := range s.Static {
		static[at] = true
	}
	s.Listeners = slices.DeleteFunc(s.Listeners, func(l *listenerv3.Listener) bool { return static[envoy.Listener(l.GetName())] })
	s.Clusters = slices.DeleteFunc(s.Clusters, func(c *clusterv3.Cluster) bool { return static[envoy.Cluster(c.GetName())] })
}

// anyEndpoints gives each cluster whose endpoints are sent by EDS one, which is named by the cluster.
func anyEndpoints(s *envoy.Snapshot) {
	s.Endpoints = nil
	for _, c := range s.Clusters {
		if c.GetType() == clusterv3.Cluster_EDS {
			s.Endpoints = append(s.Endpoints, anyEndpoint(c.GetName()))
		}
	}
	slices.SortFunc(s.Endpoints, func(x, y *endpointv3.ClusterLoadAssignment) int {
		return strings.Compare(x.GetClusterName(), y.GetClusterName())
	})
}

// edited is a dump with copies of its resources of which each message, and then the whole, was edited.
func (d *Dump) edited(messages []func(proto.Message), wholes []func(*envoy.Snapshot)) *Dump {
	s := *d.snapshot
	each := func(m proto.Message) {
		for _, edit := range messages {
			edit(m)
		}
	}
	s.Listeners, s.Routes, s.Clusters = editedAll(s.Listeners, each), editedAll(s.Routes, each), editedAll(s.Clusters, each)
	for _, edit := range wholes {
		edit(&s)
	}
	out := newDump(d.Proxy, &s, d.Release)
	out.files, out.assumed = d.files, d.assumed
	return out
}

func editedAll[M proto.Message](all []M, edit func(proto.Message)) []M {
	out := make([]M, len(all))
	for i, m := range all {
		out[i] = proto.CloneOf(m)
		envoy.Edit(out[i], edit)
	}
	return out
}

// anyEndpoint is an endpoint with a sidecar.
func anyEndpoint(cluster string) *endpointv3.ClusterLoadAssignment {
	port := 0
	if parts := strings.Split(cluster, "|"); len(parts) == 4 {
		port, _ = strconv.Atoi(parts[1])
	}
	sidecar := &structpb.Struct{Fields: map[string]*structpb.Value{"tlsMode": structpb.NewStringValue("istio")}}
	address := &corev3.SocketAddress{Address: cluster, PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: uint32(port)}}
	return &endpointv3.ClusterLoadAssignment{ClusterName: cluster, Endpoints: []*endpointv3.LocalityLbEndpoints{{LbEndpoints: []*endpointv3.LbEndpoint{{
		HostIdentifier: &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: address}}}},
		Metadata:       &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{"envoy.transport_socket_match": sidecar}},
	}}}}}
}
