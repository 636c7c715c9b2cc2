package inbound

import (
	"net"
	"slices"
	"strconv"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/cluster"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/internal/source"
)

// forEver is the longest time that Envoy knows, in seconds.
const forEver = 9223372035

// An inboundTarget is what the cluster of a port of the workload leads to.
type inboundTarget struct {
	name     string
	port     uint32              // of the workload
	protocol mesh.Protocol       // that it is spoken to with
	to       *corev3.Address     // nil for the address that was dialled
	loopback bool                // "to" is on the loopback interface
	served   *mesh.ServiceTarget // whose DestinationRule applies, or nil
	settings uint32              // the number that the rule's settings for a port go by
	origins  []envoy.Origin
}

// inboundTargets returns what the clusters of the workload's ports lead to: the ports of services, or those of the
// Sidecar. Where several services share a port the oldest one's protocol and settings count.
func inboundTargets(view *mesh.View) []*inboundTarget {
	if view.IsGateway() {
		return nil
	}
	if hasIngress(view) {
		return ingressTargets(view)
	}
	var out []*inboundTarget
	seen := map[uint32]bool{}
	for _, t := range view.Targets() {
		if seen[t.Number] {
			continue
		}
		seen[t.Number] = true
		target := &inboundTarget{
			name: inboundName(t.Number), port: t.Number, protocol: t.Port.Protocol, served: &t, settings: t.Port.Number,
			origins: origin.DefinesTreeAt(t.Service.PlaceOf(t.Port)),
		}
		if view.Mesh.Settings.Config.GetInboundTrafficPolicy().GetMode() == meshconfig.MeshConfig_InboundTrafficPolicy_LOCALHOST {
			target.to, target.loopback = xds.SocketAddress(proxy.Loopbacks(view)[0], t.Number), true
		}
		out = append(out, target)
	}
	return out
}

// ingressTargets returns where the inbound listeners of the Sidecar send their traffic.
func ingressTargets(view *mesh.View) []*inboundTarget {
	var out []*inboundTarget
	for i, l := range ingressListenersOf(view) {
		number := l.GetPort().GetNumber()
		t := &inboundTarget{
			name: inboundName(number), port: number, protocol: mesh.ParseProtocol(l.GetPort().GetProtocol()), settings: number,
			origins: origin.DefinesTree(view.Sidecar, source.Index("spec.ingress", i)),
		}
		for _, s := range view.Targets() {
			if s.Number == number {
				t.served = &s
				break
			}
		}
		if defaultEndpoint(view, t, l.GetDefaultEndpoint()) {
			out = append(out, t)
		}
	}
	return out
}

// defaultEndpoint sets where a Sidecar's inbound listener sends its traffic: to a Unix domain socket, to a port of the
// loopback interface, or to one of the proxy's own address. It reports whether the endpoint can be read.
func defaultEndpoint(view *mesh.View, t *inboundTarget, endpoint string) bool {
	if endpoint == "" {
		return true
	}
	if path, ok := strings.CutPrefix(endpoint, "unix://"); ok {
		t.to = xds.Pipe(path)
		return true
	}
	host, text, err := net.SplitHostPort(endpoint)
	port, bad := strconv.ParseUint(text, 10, 32)
	if err != nil || bad != nil {
		return false
	}
	var address string
	switch host {
	case "0.0.0.0":
		address = ownAddress(view, true, "127.0.0.1")
	case "::":
		address = ownAddress(view, false, "::1")
	case "127.0.0.1", "::1":
		address = loopbackLike(view, host)
	default:
		return true
	}
	t.loopback = address == "127.0.0.1" || address == "::1"
	t.to = xds.SocketAddress(address, uint32(port))
	return true
}

// ownAddress is the first address of the proxy of a family, or the fallback where it has none.
func ownAddress(view *mesh.View, v4 bool, fallback string) string {
	for _, ip := range view.Proxy().IPs() {
		if ip.Unmap().Is4() == v4 {
			return ip.String()
		}
	}
	return fallback
}

// loopbackLike is the loopback address that was asked for, or the one that the proxy has.
func loopbackLike(view *mesh.View, address string) string {
	if all := proxy.Loopbacks(view); !slices.Contains(all, address) {
		return all[0]
	}
	return address
}

// ClusterNames returns the names of the clusters that lead to the workload itself.
func ClusterNames(view *mesh.View) []string {
	if view.IsGateway() {
		return nil
	}
	names := []string{xds.InboundPassthrough}
	for _, t := range inboundTargets(view) {
		names = append(names, t.name)
	}
	return names
}

// Cluster builds one of them, or returns nil where the proxy has none of that name.
func (c *Builder) Cluster(name string) *cluster.Mutable {
	if c.view.IsGateway() {
		return nil
	}
	if name == xds.InboundPassthrough {
		d := cluster.NewPassthrough(c.view, name)
		d.UpstreamBindConfig = bindMarked(c.view, true)
		return d
	}
	if t := c.targets.Get(c.targetsByName)[name]; t != nil {
		return c.workloadCluster(t)
	}
	return nil
}

// targetsByName returns what the clusters lead to. Of several with a name the first counts.
func (c *Builder) targetsByName() map[string]*inboundTarget {
	out := map[string]*inboundTarget{}
	for _, t := range inboundTargets(c.view) {
		if out[t.name] == nil {
			out[t.name] = t
		}
	}
	return out
}

// workloadCluster builds the cluster of a port of the workload. Of a traffic policy only the connection pool counts
// here: the Sidecar's, or that of the DestinationRule for the service, so that the server is ready for what clients may send.
func (c *Builder) workloadCluster(t *inboundTarget) *cluster.Mutable {
	how := clusterv3.Cluster_ORIGINAL_DST
	if t.to != nil {
		how = clusterv3.Cluster_STATIC
	}
	d := cluster.NewMutable(t.name, how)
	d.CommonLbConfig = &clusterv3.Cluster_CommonLbConfig{}
	cluster.SetProtocol(c.view, d, t.protocol)
	p := c.workloadPolicy(t)
	cluster.ApplyConnectionPool(c.view, d, p.ConnectionPool.Value, p.RetryBudget.Value)
	if t.to == nil {
		d.LbPolicy, d.CleanupInterval = clusterv3.Cluster_CLUSTER_PROVIDED, &durationpb.Duration{Seconds: forEver}
		if t.served != nil && t.served.Port.Number == t.settings {
			d.OverridePort(t.served.Service, t.served.Port) // as clients' proxies do, which changes nothing here
		}
	} else {
		d.LoadAssignment = oneEndpoint(t.name, t.to)
	}
	if !t.loopback {
		d.UpstreamBindConfig = bindMarked(c.view, false)
	}
	d.Origins = func() origin.List {
		var out origin.List
		out.Add("", t.origins...)
		cluster.AddPolicy(c.clusters, &out, "pool", p.ConnectionPool)
		return out
	}
	return d
}

// workloadPolicy returns the settings for traffic to a port of the workload.
func (c *Builder) workloadPolicy(t *inboundTarget) *trafficpolicy.Effective {
	p := c.clusters.MeshPolicy()
	if t.served != nil {
		p.Apply(c.view.ServerRule(t.served.Service), t.settings, "")
	}
	if c.view.Sidecar == nil {
		return p
	}
	spec := config.Spec[*networking.Sidecar](c.view.Sidecar)
	pool, field := spec.GetInboundConnectionPool(), "spec.inboundConnectionPool"
	for i, l := range spec.GetIngress() {
		if l.GetPort().GetNumber() == t.port && l.GetConnectionPool() != nil {
			pool, field = l.GetConnectionPool(), source.Join(source.Index("spec.ingress", i), "connectionPool")
			break
		}
	}
	if pool != nil {
		p.ConnectionPool.Override(pool, config.Place{Object: c.view.Sidecar, Field: field}, "the Sidecar's own go before")
	}
	return p
}

func oneEndpoint(cluster string, address *corev3.Address) *endpointv3.ClusterLoadAssignment {
	return &endpointv3.ClusterLoadAssignment{ClusterName: cluster, Endpoints: []*endpointv3.LocalityLbEndpoints{{
		LbEndpoints: []*endpointv3.LbEndpoint{{HostIdentifier: &endpointv3.LbEndpoint_Endpoint{
			Endpoint: &endpointv3.Endpoint{Address: address},
		}}},
	}}}
}

// bindMarked makes connections come from an address that redirection leaves alone; they would come back to the proxy
// else. A proxy of both families has one for each, if it is asked for.
func bindMarked(view *mesh.View, both bool) *corev3.BindConfig {
	marked := proxy.FamiliesOf(view).Pick("127.0.0.6", "::6")
	out := &corev3.BindConfig{SourceAddress: sourceAddress(marked[0])}
	if both && len(marked) > 1 {
		out.ExtraSourceAddresses = []*corev3.ExtraSourceAddress{{Address: sourceAddress(marked[1])}}
	}
	return out
}

func sourceAddress(ip string) *corev3.SocketAddress {
	return &corev3.SocketAddress{Address: ip, PortSpecifier: &corev3.SocketAddress_PortValue{}}
}
