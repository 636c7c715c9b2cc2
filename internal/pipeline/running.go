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
	a, b = old.withoutObservers(), new.withoutObservers()
	if old.files != new.files {
		a, b = a.withoutBootstrap().withoutUnrendered(), b.withoutBootstrap().withoutUnrendered()
		left = append(left, "what is not derived from files: timeouts of listener filters, and limits of accepted connections and direct responses")
		if n := len(old.snapshot.Static) + len(new.snapshot.Static); n > 0 {
			left = append(left, fmt.Sprintf("the bootstrap: %d listeners and clusters that only the dump has", n))
		}
	}
	for _, side := range []struct {
		*Dump
		name string
	}{{old, "OLD"}, {new, "NEW"}} {
		why := ""
		switch {
		case !side.files && !side.HasEndpoints():
			why = side.name + " has none: take the dump with /config_dump?include_eds"
		case old.files != new.files && side.assumed:
			why = side.name + " has no Pods or EndpointSlices of some workloads"
		}
		if why != "" {
			a, b = a.withAnyEndpoints(), b.withAnyEndpoints()
			return a, b, append(left, "endpoints by EDS: "+why+"; each cluster is assumed to have one, with a sidecar", secretsLeft)
		}
	}
	return a, b, append(left, secretsLeft)
}

// secretsLeft is what no dump holds: Envoy redacts it.
const secretsLeft = "certificates and keys of Secrets: a dump has their names only"

// withoutBootstrap is a dump without the listeners and clusters that no control plane sends.
func (d *Dump) withoutBootstrap() *Dump {
	s := *d.snapshot
	s.Listeners = slices.DeleteFunc(slices.Clone(s.Listeners), func(l *listenerv3.Listener) bool {
		return slices.Contains(s.Static, envoy.Listener(l.GetName()))
	})
	s.Clusters = slices.DeleteFunc(slices.Clone(s.Clusters), func(c *clusterv3.Cluster) bool {
		return slices.Contains(s.Static, envoy.Cluster(c.GetName()))
	})
	return d.with(&s)
}

// withAnyEndpoints is a dump in which each cluster whose endpoints are sent by EDS has one, which is named by the cluster.
func (d *Dump) withAnyEndpoints() *Dump {
	s := *d.snapshot
	s.Endpoints = nil
	for _, c := range s.Clusters {
		if c.GetType() == clusterv3.Cluster_EDS {
			s.Endpoints = append(s.Endpoints, anyEndpoint(c.GetName()))
		}
	}
	slices.SortFunc(s.Endpoints, func(x, y *endpointv3.ClusterLoadAssignment) int {
		return strings.Compare(x.GetClusterName(), y.GetClusterName())
	})
	return d.with(&s)
}

func (d *Dump) with(s *envoy.Snapshot) *Dump {
	out := newDump(d.Proxy, s, d.Release)
	out.files, out.assumed = d.files, d.assumed
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
