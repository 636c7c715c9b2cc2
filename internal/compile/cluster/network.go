package cluster

import (
	"math"
	"net/netip"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// networkGateways returns the gateways between networks that endpoints of a destination may hide behind. Only a cluster that
// asks DNS may reach a gateway by name.
func networkGateways(view *mesh.View, d *destination) []*mesh.NetworkGateway {
	all := view.NetworkGateways()
	if d.service.Resolution.IsDNS() {
		return all
	}
	in, _ := partition(all, func(g *mesh.NetworkGateway) bool { return isIP(g.Address) })
	return in
}

func isIP(address string) bool {
	_, err := netip.ParseAddr(address)
	return err == nil
}

// inNetwork reports whether the proxy reaches a network directly: it is its own, or one of the two is unknown.
func inNetwork(view *mesh.View, network string) bool {
	if network == "" {
		return true
	}
	own := view.Proxy().Network()
	return own == "" || own == network
}

// throughGateways puts the gateways of other networks in the place of the endpoints there. Those must take mutual TLS,
// since the gateway routes by its SNI. All weights grow so that those of gateways can be divided without a rest.
func throughGateways(view *mesh.View, d *destination, groups []*group) []*group {
	gateways := networkGateways(view, d)
	if len(gateways) == 0 {
		return groups
	}
	scale := weightScale(gateways)
	out := make([]*group, len(groups))
	for i, g := range groups {
		out[i] = crossNetworks(view, g, gateways, scale)
	}
	return out
}

func crossNetworks(view *mesh.View, g *group, gateways []*mesh.NetworkGateway, scale uint32) *group {
	out := &group{locality: g.locality, priority: g.priority}
	weights := map[*mesh.NetworkGateway]uint32{}
	for i, m := range g.members {
		e := g.endpoints[i]
		weight := product(m.GetLoadBalancingWeight().GetValue(), scale)
		there := gatewaysTo(view, e.Network, gateways)
		if len(there) == 0 || inNetwork(view, e.Network) && !networkUnknown(view, e) {
			if e.Address != "" {
				m.LoadBalancingWeight = wrapperspb.UInt32(weight)
				out.add(e, m)
			}
			continue
		}
		reachable := there
		if view.Mesh.Settings.Release.Has(release.GatewayFamilies) {
			reachable, _ = partition(there, func(gw *mesh.NetworkGateway) bool { return speaksTo(view, gw) })
		}
		if len(reachable) == 0 || !takesMutualTLS(m) {
			continue
		}
		for _, gw := range reachable {
			weights[gw] += weight / uint32(len(reachable))
		}
	}
	for _, gw := range gateways { // sorted by address
		if w, ok := weights[gw]; ok {
			out.add(gatewayEndpoint(gw), gatewayMember(gw, max(w, 1)))
		}
	}
	return out
}

// gatewaysTo returns the gateways of a network: those in the endpoints' own cluster, or all if it has none.
func gatewaysTo(view *mesh.View, network string, gateways []*mesh.NetworkGateway) []*mesh.NetworkGateway {
	all, _ := partition(gateways, func(gw *mesh.NetworkGateway) bool { return gw.Network == network })
	if own, _ := partition(all, func(gw *mesh.NetworkGateway) bool { return gw.Cluster == view.Mesh.Settings.Cluster }); len(own) > 0 {
		return own
	}
	return all
}

// networkUnknown reports whether the proxy does not know its own network but the endpoint's is known: it goes by the gateway
// then, except in older releases.
func networkUnknown(view *mesh.View, e *mesh.Endpoint) bool {
	return view.Mesh.Settings.Release.Has(release.OwnNetworkUnknown) && e.Network != "" && view.Proxy().Network() == ""
}

// speaksTo reports whether the proxy has an address of the gateway's family.
func speaksTo(view *mesh.View, gw *mesh.NetworkGateway) bool {
	own := view.Proxy().Families()
	if own.V4 == own.V6 {
		return true // both, or a proxy without addresses
	}
	ip, err := netip.ParseAddr(gw.Address)
	return err == nil && ip.Unmap().Is4() == own.V4
}

// gatewayEndpoint is what stands for the endpoints behind a gateway where labels are compared.
func gatewayEndpoint(gw *mesh.NetworkGateway) *mesh.Endpoint {
	e := &mesh.Endpoint{
		Address: gw.Address, Port: gw.Port, Network: gw.Network, Labels: map[string]string{networkLabel: gw.Network},
		Object: gw.Object, Field: gw.Field,
	}
	if gw.Cluster != "" {
		e.Labels[clusterLabel] = gw.Cluster
	}
	return e
}

func gatewayMember(gw *mesh.NetworkGateway, weight uint32) *endpointv3.LbEndpoint {
	return &endpointv3.LbEndpoint{
		HostIdentifier:      &endpointv3.LbEndpoint_Endpoint{Endpoint: &endpointv3.Endpoint{Address: xds.SocketAddress(gw.Address, gw.Port)}},
		LoadBalancingWeight: wrapperspb.UInt32(weight),
		Metadata: &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{
			matchTLSMode: mutualTLSMode(),
			"istio":      {Fields: map[string]*structpb.Value{"workload": structpb.NewStringValue(";;;;" + gw.Cluster)}},
		}},
	}
}

// weightScale is the least common multiple of the numbers of gateways that a network has.
func weightScale(gateways []*mesh.NetworkGateway) uint32 {
	counts := map[string]uint32{}
	for _, gw := range gateways {
		counts[gw.Network]++
		counts[gw.Network+"/"+gw.Cluster]++
	}
	scale := uint32(1)
	for _, n := range counts {
		scale = scale / gcd(scale, n) * n
	}
	return scale
}

func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// product and sum stop at the largest weight.
func product(a, b uint32) uint32 { return uint32(min(uint64(a)*uint64(b), math.MaxUint32)) }
