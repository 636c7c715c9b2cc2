package cluster

import (
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// LoadAssignment builds the endpoints of a cluster that finds them by EDS; nil where there is no such cluster.
func (c *Builder) LoadAssignment(cluster string) *endpointv3.ClusterLoadAssignment {
	d := c.destination(cluster)
	if d == nil || d.byName() || discovery(c.view, d) != clusterv3.Cluster_EDS {
		return nil
	}
	if d.policy = c.policyFor(d); dialsAsCalled(d.policy.LoadBalancer.Value) {
		return nil
	}
	groups := localityGroups(c.view, d, addressesOf(c.view, d))
	return load(cluster, placementOf(c.view, d).place(groups, ruleOutlier(d) != nil))
}

// ruleOutlier is the outlier detection that a DestinationRule asks for. The default of the mesh does not count where
// endpoints are chosen, though it does for the cluster.
func ruleOutlier(d *destination) *networking.OutlierDetection {
	return d.rule.For(d.port.Number, d.subset).OutlierDetection.Value
}

// addressesOf returns the endpoints of a destination that have addresses; EDS cannot carry names. Ports are found by the
// name of the first port with the number that takes connections.
func addressesOf(view *mesh.View, d *destination) []*mesh.Endpoint {
	return selected(view.Endpoints(d.service, d.service.StreamPort(d.port.Number)), d)
}

// instancesOf returns the endpoints of a destination, names included. Ports are found by their number.
func instancesOf(view *mesh.View, d *destination) []*mesh.Endpoint {
	return selected(view.Instances(d.service, d.port), d)
}

// selected keeps the endpoints with all labels of the subset.
func selected(all []*mesh.Endpoint, d *destination) []*mesh.Endpoint {
	var labels map[string]string
	if s := d.rule.Subset(d.subset); s != nil {
		labels = s.Labels
	}
	in, _ := partition(all, func(e *mesh.Endpoint) bool {
		for k, v := range labels {
			if have, ok := e.Labels[k]; !ok || have != v {
				return false
			}
		}
		return true
	})
	return in
}

// The label of endpoints that are about to shut down, and that of services with persistent sessions, which keep them.
const (
	drainingLabel = "istio.io/draining"
	sessionLabel  = "istio.io/persistent-session"

	sessionHeaderLabel = "istio.io/persistent-session-header"
)

// localityGroups gathers endpoints by locality, sorted.
func localityGroups(view *mesh.View, d *destination, endpoints []*mesh.Endpoint) []*group {
	byLocality := map[string]*group{}
	var groups []*group
	for _, e := range endpoints {
		if !sendsTo(view, d, e) {
			continue
		}
		g := byLocality[e.Locality]
		if g == nil {
			g = &group{locality: e.Locality}
			byLocality[e.Locality] = g
			groups = append(groups, g)
		}
		g.add(e, newMember(view, d, e))
	}
	slices.SortFunc(groups, func(a, b *group) int { return strings.Compare(a.locality, b.locality) })
	groups = throughGateways(view, d, groups)
	if d.sni {
		onlyMutualTLS(groups)
	}
	return groups
}

// sendsTo reports whether the proxy is told of an endpoint of a service. Unhealthy endpoints are among them, so that Envoy
// knows what share is healthy, unless that share may make it panic and use them after all.
func sendsTo(view *mesh.View, d *destination, e *mesh.Endpoint) bool {
	s := d.service
	switch {
	case s.NodeLocal && e.Node != view.Proxy().Node():
		return false
	case e.Health == mesh.Unhealthy && !sendsUnhealthy(view, s):
		return false
	case e.Health == mesh.Unhealthy && s.Distribution == "" && ruleOutlier(d).GetMinHealthPercent() > 0:
		return false
	case e.Health == mesh.Draining, e.Labels[drainingLabel] != "":
		return s.Labels[sessionLabel] != ""
	}
	return true
}

// sendsUnhealthy reports whether proxies are sent the unhealthy endpoints of a service: a service that prefers its own zone
// needs them to be counted.
func sendsUnhealthy(view *mesh.View, s *mesh.Service) bool {
	return view.Mesh.Settings.Release.Has(release.SendUnhealthy) || s.Distribution != ""
}

// newMember turns an endpoint into Envoy's.
func newMember(view *mesh.View, d *destination, e *mesh.Endpoint) *endpointv3.LbEndpoint {
	m := &endpointv3.LbEndpoint{
		HealthStatus:        health(e),
		LoadBalancingWeight: wrapperspb.UInt32(max(e.Weight, 1)),
		HostIdentifier:      &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: address(e)}},
		Metadata: &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{
			"istio": {Fields: map[string]*structpb.Value{"workload": structpb.NewStringValue(workloadTag(view, e))}},
		}},
	}
	if e.TLSMode != "" && e.TLSMode != "disabled" && takesTLS(view, d, e) {
		m.Metadata.FilterMetadata[matchTLSMode] = tlsMode(e.TLSMode)
	}
	return m
}

func address(e *mesh.Endpoint) *corev3.Address {
	if e.IsUnix() {
		return xds.Pipe(strings.TrimPrefix(e.Address, "unix://"))
	}
	return xds.SocketAddress(e.Address, e.Port)
}

func health(e *mesh.Endpoint) corev3.HealthStatus {
	if e.Labels[drainingLabel] != "" {
		return corev3.HealthStatus_DRAINING
	}
	return corev3.HealthStatus(corev3.HealthStatus_value[string(e.Health)])
}

// takesTLS reports whether the proxy sends an endpoint mutual TLS: as the rule says, else where a sidecar answers that does
// not refuse it.
func takesTLS(view *mesh.View, d *destination, e *mesh.Endpoint) bool {
	if tls := endpointTLS(view, d); tls.IsSet() {
		return tls.Value.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL
	}
	_, disabled := serverDisables(view, e)
	return e.TLSMode == mutualTLS && !disabled
}

// onlyMutualTLS drops the members that are not sent mutual TLS: where TLS passes untouched, it is all there is.
func onlyMutualTLS(groups []*group) {
	for _, g := range groups {
		whole := *g
		*g = group{locality: g.locality, priority: g.priority}
		for i, m := range whole.members {
			if takesMutualTLS(m) {
				g.add(whole.endpoints[i], m)
			}
		}
	}
}

// load puts groups into a cluster's assignment.
func load(cluster string, groups []*group) *endpointv3.ClusterLoadAssignment {
	out := &endpointv3.ClusterLoadAssignment{ClusterName: cluster}
	for _, g := range groups {
		l := &endpointv3.LocalityLbEndpoints{Locality: envoyLocality(g.locality), LbEndpoints: g.members, Priority: g.priority}
		if g.weight > 0 {
			l.LoadBalancingWeight = wrapperspb.UInt32(g.weight)
		}
		out.Endpoints = append(out.Endpoints, l)
	}
	return out
}
