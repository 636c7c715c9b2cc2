package cluster

import (
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
)

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

// OverridePort sends connections to the target port of a service whose endpoints the application dials.
func (t *Mutable) OverridePort(s *mesh.Service, p *mesh.Port) {
	if port := p.TargetPort; port != 0 && !s.Kubernetes() && s.Resolution == mesh.OriginalDst {
		t.LbConfig = &clusterv3.Cluster_OriginalDstLbConfig_{
			OriginalDstLbConfig: &clusterv3.Cluster_OriginalDstLbConfig{UpstreamPortOverride: wrapperspb.UInt32(port)},
		}
	}
}

// fetchEndpoints makes a cluster of type EDS ask for its endpoints by its own name.
func (t *Mutable) fetchEndpoints() {
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

// dialsAsCalled reports whether a load balancer leaves the choice to the application: the address that it dialled.
func dialsAsCalled(lb *networking.LoadBalancerSettings) bool {
	return lb.GetSimple() == networking.LoadBalancerSettings_PASSTHROUGH
}
