package registry

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

const (
	labelGatewayPort   = "networking.istio.io/gatewayPort"
	defaultGatewayPort = 15443
)

// networkGateways gathers the gateways that the mesh's networks list by address, and the Services that are gateways: by
// the label of a network, or because the mesh's networks name them.
func (b *reader) networkGateways(services []*Service, others []remote) []*NetworkGateway {
	named := map[string][]NetworkGateway{}
	var out []*NetworkGateway
	configured := b.settings.Networks.GetNetworks()
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		own := slices.ContainsFunc(configured[name].Endpoints, func(e *meshconfig.Network_NetworkEndpoints) bool {
			return e.GetFromRegistry() == b.settings.Cluster
		})
		for i, g := range configured[name].Gateways {
			field := source.Index(source.Join("networks", name)+".gateways", i)
			gateway := NetworkGateway{Network: name, Address: g.GetAddress(), Port: g.Port, Field: field}
			if host := g.GetRegistryServiceName(); host == "" {
				out = append(out, &gateway)
			} else if own {
				named[host] = append(named[host], gateway)
			}
		}
	}
	for _, s := range services {
		if s.Kubernetes() && s.Cluster == "" {
			out = append(out, b.serviceGateways(s, named[s.Host])...)
		}
	}
	for _, other := range others {
		out = append(out, other.gateways...)
	}
	slices.SortStableFunc(out, func(a, b *NetworkGateway) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port))
	})
	return slices.CompactFunc(out, func(a, b *NetworkGateway) bool {
		return a.Network == b.Network && a.Cluster == b.Cluster && a.Address == b.Address && a.Port == b.Port
	})
}

// serviceGateways are the gateways that a Service is: one for each of its addresses outside the cluster.
func (b *reader) serviceGateways(s *Service, named []NetworkGateway) []*NetworkGateway {
	if network := s.Labels[labelNetwork]; network != "" {
		port := uint32(defaultGatewayPort)
		if n, err := strconv.ParseUint(s.Labels[labelGatewayPort], 10, 16); err == nil {
			port = uint32(n)
		}
		if s.Port(port) == nil {
			return nil
		}
		named = []NetworkGateway{{Network: network, Port: port}}
	}
	var out []*NetworkGateway
	for _, address := range b.outside(s) {
		for _, g := range named {
			g.Cluster, g.Address, g.Object, g.Field = b.settings.Cluster, address, s.Object, "status.loadBalancer"
			if node := nodePort(s, g.Port); node != 0 {
				g.Port = node
			}
			out = append(out, &g)
		}
	}
	return out
}

// annotationNodes selects the nodes by whose addresses a NodePort Service is reached from other networks.
const annotationNodes = "traffic.istio.io/nodeSelector"

// outside are the addresses by which a Service is reached from other networks: its own, else those of selected nodes.
func (b *reader) outside(s *Service) []string {
	written, ok := s.Object.Annotations[annotationNodes]
	if len(s.Outside) > 0 || !ok || s.Type != "NodePort" {
		return s.Outside
	}
	selector := map[string]string{}
	_ = json.Unmarshal([]byte(written), &selector) // as istiod: what cannot be read selects every node
	var out []string
	for _, o := range b.store.Objects("Node") {
		node := config.Spec[*config.Node](o)
		if node == nil || !Selects(selector, o.Labels) {
			continue
		}
		for _, a := range node.Status.Addresses {
			if a.Type == "ExternalIP" && a.Address != "" {
				out = append(out, a.Address)
				break
			}
		}
	}
	return out
}

// nodePort is the port of the nodes that leads to a port of a NodePort gateway, or 0.
func nodePort(s *Service, port uint32) uint32 {
	if _, ok := s.Object.Annotations[annotationNodes]; !ok || s.Type != "NodePort" {
		return 0
	}
	for _, p := range config.Spec[*config.Service](s.Object).Spec.Ports {
		if p.Port == port {
			return p.NodePort
		}
	}
	return 0
}
