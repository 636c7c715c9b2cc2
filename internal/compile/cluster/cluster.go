package cluster

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// Outbound builds one of them, or returns nil where the proxy has none of that name.
func (c *Builder) Outbound(name string) *Mutable {
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

// serviceCluster builds the cluster of a destination, or returns nil where it could never have an endpoint: DNS finds
// the endpoints of the cluster by names, and the destination has none.
func (c *Builder) serviceCluster(d *destination) *Mutable {
	t := NewMutable(d.name, discovery(c.view, d))
	t.CommonLbConfig = &clusterv3.Cluster_CommonLbConfig{}
	var groups []*group
	switch t.GetType() {
	case clusterv3.Cluster_STRICT_DNS, clusterv3.Cluster_LOGICAL_DNS:
		if groups = localityGroups(c.view, d, instancesOf(c.view, d)); len(groups) == 0 {
			return nil
		}
		resolveByDNS(c.view, t, d.service)
	case clusterv3.Cluster_ORIGINAL_DST:
		t.OverridePort(d.service, d.port)
	}
	if d.subset == "" && !d.sni {
		t.keepDraining(d.service)
	}
	SetProtocol(c.view, t, d.port.Protocol)
	where := placementOf(c.view, d)
	applyPolicy(c.view, t, d, where, groups)
	t.fetchEndpoints()
	t.exchangePeers()
	c.describe(t, d, where)
	return t
}

// applyPolicy puts the traffic policy of a destination into its cluster.
func applyPolicy(view *mesh.View, t *Mutable, d *destination, where placement, groups []*group) {
	p := d.policy
	upgrade(view, t, d.port, p.ConnectionPool.Value)
	ApplyConnectionPool(view, t, p.ConnectionPool.Value, p.RetryBudget.Value)
	t.eject(d.service, p.OutlierDetection.Value)
	t.balance(view, d, where, groups)
	if !d.sni {
		encrypt(view, t, d)
		t.prependProxyProtocol(p.ProxyProtocol.Value)
	}
	if t.GetType() == clusterv3.Cluster_ORIGINAL_DST {
		t.LbPolicy = clusterv3.Cluster_CLUSTER_PROVIDED
	}
}

// keepDraining keeps endpoints that shut down for the sessions that are bound to them.
func (t *Mutable) keepDraining(s *mesh.Service) {
	if s.Labels[sessionLabel] == "" && s.Labels[sessionHeaderLabel] == "" {
		return
	}
	t.CommonLbConfig.OverrideHostStatus = &corev3.HealthStatusSet{Statuses: []corev3.HealthStatus{
		corev3.HealthStatus_HEALTHY, corev3.HealthStatus_DRAINING, corev3.HealthStatus_UNKNOWN, corev3.HealthStatus_DEGRADED,
	}}
}
