package compile

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/clustername"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
)

// outboundClusters returns the names of the clusters that lead away from the proxy: those of services and subsets, and
// the fixed ones.
func (c *clusters) outboundClusters() []string {
	names := []string{xds.BlackHole}
	if !c.view.IsGateway() {
		names = append(names, xds.Passthrough)
		if dialsAnyName(c.view) {
			names = append(names, xds.AnyDynamicDNS)
		}
	}
	for _, s := range c.view.Services() {
		names = append(names, c.clustersOf(s)...)
	}
	return names
}

// clustersOf returns the names of the clusters of a service.
func (c *clusters) clustersOf(s *mesh.Service) []string {
	var names []string
	subsets := c.view.DestinationRule(s).AllSubsets()
	for _, p := range s.Ports {
		if reachable(s, p) {
			names = append(names, xds.OutboundCluster(p.Number, "", s.Host))
			for _, subset := range subsets {
				names = append(names, xds.OutboundCluster(p.Number, subset.Name, s.Host))
			}
		}
		if c.passesSNI(s, p) {
			names = append(names, xds.SNICluster(p.Number, "", s.Host))
			for _, subset := range subsets {
				names = append(names, xds.SNICluster(p.Number, subset.Name, s.Host))
			}
		}
	}
	return names
}

// reachable says whether a port of a service has a cluster.
func reachable(s *mesh.Service, p *mesh.Port) bool {
	if s.Resolution == mesh.Alias || p.Protocol == mesh.UDP {
		return false
	}
	return !proxy.Dynamic(s) || slices.Contains([]mesh.Protocol{mesh.HTTP, mesh.HTTP2, mesh.GRPC, mesh.TLS}, p.Protocol)
}

// passesSNI says whether the proxy passes mesh-internal TLS on to a port, as the gateways between networks do.
func (c *clusters) passesSNI(s *mesh.Service, p *mesh.Port) bool {
	return !s.External && p.Protocol != mesh.UDP && c.view.IsGateway() && c.passSNI()
}

// outboundCluster drafts one of them, or returns nil where the proxy has none of that name.
func (c *clusters) outboundCluster(name string) *draft {
	switch {
	case name == xds.BlackHole:
		return blackHoleCluster(c.view)
	case name == xds.Passthrough && !c.view.IsGateway():
		return passthroughCluster(c.view)
	case name == xds.AnyDynamicDNS && dialsAnyName(c.view):
		return anyNameCluster(c.view)
	}
	d := c.destination(name)
	if d == nil {
		return nil
	}
	d.policy = c.policyFor(d)
	if d.byName() {
		return c.nameCluster(d)
	}
	return c.serviceCluster(d)
}

// A destination is what the cluster of a service leads to: a port of it, or of one of its subsets.
type destination struct {
	name    string // of the cluster
	service *mesh.Service
	port    *mesh.Port
	subset  string // "" for the whole service
	sni     bool   // reached by the SNI of TLS that passes untouched
	rule    *mesh.DestinationRule
	policy  *trafficpolicy.Effective // see policyFor
}

// byName says whether the proxy looks up the name of each request.
func (d *destination) byName() bool { return proxy.Dynamic(d.service) && !d.sni }

// destination takes the name of a cluster apart and looks its parts up, but for the policy; nil where any is missing.
func (c *clusters) destination(name string) *destination {
	key, ok := clustername.Parse(name)
	if !ok || key.Direction != "outbound" {
		return nil
	}
	s := c.view.Service(key.Host)
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.Ports, func(p *mesh.Port) bool {
		return p.Number == key.Port && (key.SNI && c.passesSNI(s, p) || !key.SNI && reachable(s, p))
	})
	if i < 0 {
		return nil
	}
	d := &destination{name: name, service: s, port: s.Ports[i], subset: key.Subset, sni: key.SNI, rule: c.view.DestinationRule(s)}
	if d.subset != "" && (proxy.Dynamic(s) || d.rule.Subset(d.subset) == nil) {
		return nil
	}
	return d
}

// serviceCluster drafts the cluster of a destination, or returns nil where it could never have an endpoint: DNS finds
// the endpoints of the cluster by names, and the destination has none.
func (c *clusters) serviceCluster(d *destination) *draft {
	t := newDraft(d.name, discovery(c.view, d))
	t.CommonLbConfig = &clusterv3.Cluster_CommonLbConfig{}
	var groups []*group
	switch t.GetType() {
	case clusterv3.Cluster_STRICT_DNS, clusterv3.Cluster_LOGICAL_DNS:
		if groups = localityGroups(c.view, d, instancesOf(c.view, d)); len(groups) == 0 {
			return nil
		}
		resolveByDNS(c.view, t, d.service)
	case clusterv3.Cluster_ORIGINAL_DST:
		t.redirect(d.service, d.port)
	}
	if d.subset == "" && !d.sni {
		t.keepDraining(d.service)
	}
	speak(c.view, t, d.port.Protocol)
	where := placementOf(c.view, d)
	applyPolicy(c.view, t, d, where, groups)
	t.fetchEndpoints()
	t.exchangePeers()
	c.describe(t, d, where)
	return t
}

// applyPolicy puts the traffic policy of a destination into its cluster.
func applyPolicy(view *mesh.View, t *draft, d *destination, where placement, groups []*group) {
	p := d.policy
	upgrade(view, t, d.port, p.ConnectionPool.Value)
	applyPool(view, t, p.ConnectionPool.Value, p.RetryBudget.Value)
	t.eject(d.service, p.OutlierDetection.Value)
	t.balance(d, where, groups)
	if !d.sni {
		encrypt(view, t, d)
		t.prependProxyProtocol(p.ProxyProtocol.Value)
	}
	if t.GetType() == clusterv3.Cluster_ORIGINAL_DST {
		t.LbPolicy = clusterv3.Cluster_CLUSTER_PROVIDED
	}
}

// discovery returns how the endpoints of a destination are found, before its own load balancer has its say.
func discovery(view *mesh.View, d *destination) clusterv3.Cluster_DiscoveryType {
	if d.subset != "" && passesOn(d) {
		return clusterv3.Cluster_ORIGINAL_DST
	}
	switch d.service.Resolution {
	case mesh.DNSLoadBalanced:
		if d.service.RaceConnect {
			return clusterv3.Cluster_LOGICAL_DNS
		}
		return clusterv3.Cluster_STRICT_DNS
	case mesh.DNSRoundRobin:
		return clusterv3.Cluster_LOGICAL_DNS
	case mesh.OriginalDst:
		if !view.IsGateway() { // a gateway's connections have no original destination
			return clusterv3.Cluster_ORIGINAL_DST
		}
	}
	return clusterv3.Cluster_EDS
}

// redirect sends connections to the target port of a service whose endpoints the application dials.
func (t *draft) redirect(s *mesh.Service, p *mesh.Port) {
	if port := p.Target; port != 0 && !s.Kubernetes() && s.Resolution == mesh.OriginalDst {
		t.LbConfig = &clusterv3.Cluster_OriginalDstLbConfig_{
			OriginalDstLbConfig: &clusterv3.Cluster_OriginalDstLbConfig{UpstreamPortOverride: wrapperspb.UInt32(port)},
		}
	}
}

// keepDraining keeps endpoints that shut down for the sessions that are bound to them.
func (t *draft) keepDraining(s *mesh.Service) {
	if s.Labels[sessionLabel] == "" && s.Labels[sessionHeaderLabel] == "" {
		return
	}
	t.CommonLbConfig.OverrideHostStatus = &corev3.HealthStatusSet{Statuses: []corev3.HealthStatus{
		corev3.HealthStatus_HEALTHY, corev3.HealthStatus_DRAINING, corev3.HealthStatus_UNKNOWN, corev3.HealthStatus_DEGRADED,
	}}
}

// fetchEndpoints makes a cluster of type EDS ask for its endpoints by its own name.
func (t *draft) fetchEndpoints() {
	if t.GetType() != clusterv3.Cluster_EDS {
		return
	}
	t.EdsClusterConfig = &clusterv3.Cluster_EdsClusterConfig{
		ServiceName: t.Name,
		EdsConfig:   controlPlane,
	}
}

// controlPlane is where endpoints are fetched; a proxy waits for them as long as it takes.
var controlPlane = &corev3.ConfigSource{
	ConfigSourceSpecifier: &corev3.ConfigSource_Ads{Ads: &corev3.AggregatedConfigSource{}},
	InitialFetchTimeout:   durationpb.New(0),
	ResourceApiVersion:    corev3.ApiVersion_V3,
}

// passesOn reports whether a subset inherits PASSTHROUGH from its service, or asks for it outside settings for a port.
func passesOn(d *destination) bool {
	inherited := d.rule.HostPolicy().For(d.port.Number)
	own := d.rule.SubsetPolicy(d.subset)
	return dialsAsCalled(inherited.LoadBalancer.Value) || own != nil && dialsAsCalled(own.LoadBalancer.Value)
}
