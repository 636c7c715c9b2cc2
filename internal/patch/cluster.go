package patch

import (
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/clustername"
	"sem.example/internal/envoy"
)

// TouchesClusters reports whether a patch may change or add clusters of a context.
func (s *Patches) TouchesClusters(context Context) bool {
	return s != nil && slices.ContainsFunc(s.byTarget[networking.EnvoyFilter_CLUSTER], func(p *Patch) bool { return p.in(context) })
}

// Cluster returns a cluster as the patches leave it, or nil where one removes it.
func (s *Patches) Cluster(context Context, c *clusterv3.Cluster) *clusterv3.Cluster {
	if s == nil || c == nil {
		return c
	}
	changed, name := false, s.named(c)
	for _, p := range s.byTarget[networking.EnvoyFilter_CLUSTER] {
		if !p.in(context) || !p.cluster(name) {
			continue
		}
		switch {
		case p.Operation == remove:
			s.changed(p, envoy.Cluster(c.GetName()))
			return nil
		case p.merges() && p.value != nil:
			if !changed {
				c, changed = proto.Clone(c).(*clusterv3.Cluster), true
			}
			s.changed(p, envoy.Cluster(c.GetName()))
			if p.mergeCluster(c) != nil {
				return c // istiod gives up on the cluster: what was merged before stays
			}
		}
	}
	return c
}

// AddedClusters returns the clusters that patches add.
func (s *Patches) AddedClusters(context Context) []*clusterv3.Cluster {
	var out []*clusterv3.Cluster
	for _, p := range s.to(networking.EnvoyFilter_CLUSTER, context) {
		if p.adds(context) {
			added := valueAs[*clusterv3.Cluster](p)
			s.changed(p, envoy.Cluster(added.GetName()))
			out = append(out, added)
		}
	}
	return out
}

// A clusterName is the name of a cluster and what it says.
type clusterName struct {
	text     string
	parts    clustername.Name
	services []string
}

// named takes the name of a cluster apart, once for all patches. An inbound cluster is for every service that leads to its port.
func (s *Patches) named(c *clusterv3.Cluster) clusterName {
	parts, _ := clustername.Parse(c.GetName())
	services := []string{parts.Host}
	if parts.Inbound() && s.Hosts != nil {
		services = s.Hosts(parts.Port)
	}
	return clusterName{c.GetName(), parts, services}
}

// cluster reports whether the patch is about a cluster: by its name, else by the parts of the name that istiod gives it.
func (p *Patch) cluster(name clusterName) bool {
	want := p.match.GetCluster()
	if want.GetName() != "" {
		return want.GetName() == name.text
	}
	return (want.GetSubset() == "" || want.GetSubset() == name.parts.Subset) &&
		(want.GetService() == "" || slices.Contains(name.services, want.GetService())) &&
		(want.GetPortNumber() == 0 || want.GetPortNumber() == name.parts.Port)
}

// mergeCluster merges the patch into a cluster. A patch with a transport socket changes that alone: it is merged into the
// socket of its name, and takes the place of one of another name; where the cluster chooses among sockets by endpoint, a
// patch for none of them is ignored.
func (p *Patch) mergeCluster(c *clusterv3.Cluster) error {
	socket := p.value.(*clusterv3.Cluster).GetTransportSocket()
	if socket == nil {
		p.merge(c)
		return nil
	}
	if len(c.GetTransportSocketMatches()) > 0 {
		for _, m := range c.GetTransportSocketMatches() {
			if m.GetTransportSocket().GetName() == socket.GetName() {
				return mergeSocket(m.GetTransportSocket(), socket)
			}
		}
		return nil
	}
	if now := c.GetTransportSocket(); now.GetName() == socket.GetName() && now != nil {
		return mergeSocket(now, socket)
	}
	c.TransportSocket = proto.Clone(socket).(*corev3.TransportSocket)
	return nil
}
