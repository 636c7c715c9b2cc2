package cluster

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// The labels that say where a workload is.
const (
	regionLabel  = "topology.kubernetes.io/region"
	zoneLabel    = "topology.kubernetes.io/zone"
	subZoneLabel = "topology.istio.io/subzone"
	networkLabel = "topology.istio.io/network"
	hostLabel    = "kubernetes.io/hostname"
	clusterLabel = "topology.istio.io/cluster"
)

// A placement is how a cluster weighs where its endpoints are against where the client is. At most one of the two
// settings is there; none means that places do not matter.
type placement struct {
	locality  *networking.LocalityLoadBalancerSetting
	zoneAware *networking.ZoneAwareLoadBalancerSetting
	force     bool // fail over by the health of endpoints, without outlier detection

	client client
	labels bool // labels of endpoints are compared with those of the client
	from   config.Place
}

// A client is what the places of endpoints depend on: a [mesh.ProxyReader].
type client interface {
	Locality() string
	HasLabels() bool
	Label(name string) (value string, ok bool)
}

// placementOf returns the setting in force: that of the DestinationRule, of the service, or of the mesh.
func placementOf(view *mesh.View, d *destination) placement {
	meshConfig, lb := view.Mesh.Settings.Config, d.policy.LoadBalancer
	p := placement{client: view.Proxy(), labels: comparesLabels(view, d)}
	at := func(field string) config.Place {
		return config.Place{Object: lb.At.Object, Field: lb.At.Field + "." + field}
	}
	switch {
	case lb.Value.GetZoneAwareLbSetting() != nil:
		p.zoneAware, p.from = lb.Value.GetZoneAwareLbSetting(), at("zoneAwareLbSetting")
	case lb.Value.GetLocalityLbSetting() != nil:
		p.locality, p.from = enabled(lb.Value.GetLocalityLbSetting()), at("localityLbSetting")
	case d.service.Distribution != "":
		p.locality, p.force = distribution(d.service.Distribution), true
		p.from = config.Place{Object: d.service.Object, Field: distributionField(d.service)}
	case meshConfig.GetZoneAwareLbSetting() != nil:
		p.zoneAware, p.from = meshConfig.GetZoneAwareLbSetting(), meshField(view, "zoneAwareLbSetting")
	default:
		p.locality, p.from = enabled(meshConfig.GetLocalityLbSetting()), meshField(view, "localityLbSetting")
	}
	return p
}

// comparesLabels reports whether the labels of endpoints are compared with those of the client. Those of what DNS resolves are
// only for the cluster of the whole service.
func comparesLabels(view *mesh.View, d *destination) bool {
	ofWholeService := d.subset == "" && !d.sni && view.Mesh.Settings.Release.Has(release.DNSFailoverPriority)
	return ofWholeService || !d.service.Resolution.IsDNS()
}

func enabled(s *networking.LocalityLoadBalancerSetting) *networking.LocalityLoadBalancerSetting {
	if s.GetEnabled() != nil && !s.GetEnabled().GetValue() {
		return nil
	}
	return s
}

// distribution is a service's preference in the terms of failover.
func distribution(d mesh.Distribution) *networking.LocalityLoadBalancerSetting {
	s := &networking.LocalityLoadBalancerSetting{FailoverPriority: []string{networkLabel, regionLabel, zoneLabel}}
	if d == mesh.PreferSameNode {
		s.FailoverPriority = append(s.FailoverPriority, subZoneLabel, hostLabel)
	}
	return s
}

// distributionField is where a service's preference is written: a field of a Kubernetes Service, else an annotation.
func distributionField(s *mesh.Service) string {
	const field = "spec.trafficDistribution"
	if s.Object.Doc != nil && s.Object.Doc.Lookup(field) != nil {
		return field
	}
	return `metadata.annotations["networking.istio.io/traffic-distribution"]`
}

// prefer sets what the cluster itself needs to know.
func (p placement) prefer(t *Mutable) {
	failover := len(p.locality.GetFailover()) > 0 || len(p.locality.GetFailoverPriority()) > 0
	switch {
	case p.zoneAware != nil:
		t.CommonLbConfig.LocalityConfigSpecifier = &clusterv3.Cluster_CommonLbConfig_ZoneAwareLbConfig_{ZoneAwareLbConfig: p.zones()}
	case len(p.locality.GetDistribute()) > 0, failover && (p.force || t.OutlierDetection != nil):
		t.CommonLbConfig.LocalityConfigSpecifier = &clusterv3.Cluster_CommonLbConfig_LocalityWeightedLbConfig_{
			LocalityWeightedLbConfig: &clusterv3.Cluster_CommonLbConfig_LocalityWeightedLbConfig{},
		}
	}
}

func (p placement) zones() *clusterv3.Cluster_CommonLbConfig_ZoneAwareLbConfig {
	z := &clusterv3.Cluster_CommonLbConfig_ZoneAwareLbConfig{}
	if n := p.zoneAware.GetMinClusterSize(); n != nil {
		z.MinClusterSize = wrapperspb.UInt64(uint64(n.GetValue()))
	}
	if !p.zonesOn() {
		z.RoutingEnabled = &typev3.Percent{}
	}
	return z
}

func (p placement) zonesOn() bool {
	on := p.zoneAware.GetEnabled()
	return p.zoneAware != nil && (on == nil || on.GetValue())
}

// place gives groups of endpoints the weights or priorities that they have for this client. Without outlier detection
// (ejects) Envoy would never leave the first priority, so there are none.
func (p placement) place(groups []*group, ejects bool) []*group {
	switch {
	case p.zonesOn():
		groups = p.prioritize(groups, p.zoneAware.GetFailoverPriority())
		p.byRegion(groups)
	case len(p.locality.GetDistribute()) > 0:
		p.distribute(groups)
	case p.locality != nil && (ejects || p.force):
		groups = p.prioritize(groups, p.locality.GetFailoverPriority())
		if len(p.locality.GetFailoverPriority()) == 0 || len(p.locality.GetFailover()) > 0 {
			p.byLocality(groups)
		}
	}
	return groups
}

// distribution returns the first rule that gives shares to localities for the client's place, and its place in the list; nil where
// there is none.
func (p placement) distribution() (*networking.LocalityLoadBalancerSetting_Distribute, int) {
	if p.zonesOn() {
		return nil, 0
	}
	for i, r := range p.locality.GetDistribute() {
		if r != nil && inPlace(p.client.Locality(), r.From) {
			return r, i
		}
	}
	return nil, 0
}

// distribute weighs the localities as the first rule for the client's place says. Localities that it does not name
// receive nothing.
func (p placement) distribute(groups []*group) {
	rule, _ := p.distribution()
	if rule == nil {
		return
	}
	rest := slices.Clone(groups)
	to := rule.GetTo()
	for _, place := range slices.Sorted(maps.Keys(to)) {
		var total uint32
		matched, others := partition(rest, func(g *group) bool { return inPlace(g.locality, place) })
		for _, g := range matched {
			total += max(g.weight, 1)
		}
		for _, g := range matched {
			g.weight = share(max(g.weight, 1), to[place], total)
		}
		rest = others
	}
	for _, g := range rest {
		g.endpoints, g.members = nil, nil
	}
}

// share is the part of a place's weight that falls to one of the groups there, rounded up. A weight of zero leaves the
// group's own weight.
func share(own, weight, total uint32) uint32 {
	if n := math.Ceil(float64(own*weight) / float64(total)); n > 0 {
		return uint32(n)
	}
	return own
}

// byLocality orders groups by how near they are: the same sub-zone, zone, region, the region that the client's region
// fails over to, the rest.
func (p placement) byLocality(groups []*group) {
	own := p.client.Locality()
	region, _, _ := places(own)
	to, named := "", false
	for _, f := range p.locality.GetFailover() {
		if f.GetFrom() == region {
			to, named = f.GetTo(), true
			break
		}
	}
	for _, g := range groups {
		far := distance(own, g.locality)
		if there, _, _ := places(g.locality); far == 3 && named && there != to {
			far = 4
		}
		g.priority = g.priority*5 + far
	}
	compact(groups)
}

// byRegion keeps the client's region together, so that Envoy may balance its zones; then comes the region that it fails
// over to, then the rest.
func (p placement) byRegion(groups []*group) {
	own := p.client.Locality()
	region, _, _ := places(own)
	to, named := "", false
	for _, f := range p.zoneAware.GetFailover() {
		if f.GetFrom() == region {
			to, named = f.GetTo(), true
			break
		}
	}
	for _, g := range groups {
		there, _, _ := places(g.locality)
		var far uint32
		switch {
		case there == region:
		case named && there == to:
			far = 1
		default:
			far = 2
		}
		g.priority = g.priority*3 + far
	}
	compact(groups)
}

// prioritize splits groups by how many of the labels, in order, an endpoint shares with the client.
func (p placement) prioritize(groups []*group, labels []string) []*group {
	if len(labels) == 0 || !p.labels || !p.client.HasLabels() {
		return groups
	}
	var out []*group
	for _, g := range groups {
		byPriority := map[uint32]*group{}
		for i, e := range g.endpoints {
			at := p.rank(e.Labels, labels)
			part := byPriority[at]
			if part == nil {
				part = &group{locality: g.locality, priority: at}
				byPriority[at] = part
			}
			part.add(e, g.members[i])
		}
		out = append(out, slices.SortedFunc(maps.Values(byPriority), nearer)...)
	}
	compact(out)
	return out
}

func nearer(a, b *group) int { return cmp.Compare(a.priority, b.priority) }

// rank counts the labels from the first that differs to the last; 0 is best. A label may name the value to look for
// ("label=value") in place of the client's. A network that leads the list and differs puts the endpoint behind all
// others, and the rest of the list still counts.
func (p placement) rank(labels map[string]string, order []string) uint32 {
	var offset, lowest = uint32(0), uint32(len(order))
	for i, label := range order {
		name, want, given := strings.Cut(label, "=")
		if !given || strings.Contains(want, "=") {
			want, _ = p.client.Label(name)
		}
		if want == labels[name] {
			continue
		}
		if i == 0 && label == networkLabel {
			offset = lowest
			continue
		}
		return offset + lowest - uint32(i)
	}
	return offset
}

// compact renumbers priorities from 0 without gaps, as Envoy requires.
func compact(groups []*group) {
	var used []uint32
	for _, g := range groups {
		used = append(used, g.priority)
	}
	slices.Sort(used)
	used = slices.Compact(used)
	for _, g := range groups {
		i, _ := slices.BinarySearch(used, g.priority)
		g.priority = uint32(i)
	}
}

// places takes a locality apart.
func places(locality string) (region, zone, subZone string) {
	parts := strings.Split(locality, "/")
	parts = append(parts, "", "")
	return parts[0], parts[1], parts[2]
}

func envoyLocality(locality string) *corev3.Locality {
	region, zone, subZone := places(locality)
	return &corev3.Locality{Region: region, Zone: zone, SubZone: subZone}
}

// inPlace reports whether a locality lies in what a rule writes: "us", "us/east", "us/*", "*".
func inPlace(locality, rule string) bool {
	region, zone, subZone := places(locality)
	r, z, s := places(rule)
	return (r == "*" || r == region) && (z == "*" || z == "" || z == zone) && (s == "*" || s == "" || s == subZone)
}

// distance is 0 in the same sub-zone, 1 in the same zone, 2 in the same region and 3 elsewhere.
func distance(a, b string) uint32 {
	ra, za, sa := places(a)
	rb, zb, sb := places(b)
	switch {
	case ra != rb:
		return 3
	case za != zb:
		return 2
	case sa != sb:
		return 1
	}
	return 0
}

// partition divides a list in two, keeping the order.
func partition[T any](all []T, belongs func(T) bool) (in, out []T) {
	for _, x := range all {
		if belongs(x) {
			in = append(in, x)
		} else {
			out = append(out, x)
		}
	}
	return in, out
}
