package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
)

// readVirtualServices reads all VirtualServices that have hosts, and puts the rules that istiod makes before them: those
// have no creation time, which istiod takes for the oldest.
func readVirtualServices(r *registry.Registry, made []*routing.Rules) virtualServiceIndex {
	index := virtualServiceIndex{byGateway: map[string]*bound{}, byHost: newHostIndex[[]*routing.Rules]()}
	for _, rules := range made {
		index.add(rules)
	}
	delegates := readDelegates(r)
	for _, o := range r.Objects("VirtualService") {
		if spec := config.Spec[*networking.VirtualService](o); spec != nil && len(spec.Hosts) > 0 {
			index.add(readVirtualService(o, spec, r.Settings).merged(delegates))
		}
	}
	index.written = index.all[len(made):]
	return index
}

// readGateways reads all Gateways, the oldest first.
func readGateways(r *registry.Registry) []*routing.Gateway {
	var out []*routing.Gateway
	for _, o := range r.Objects("Gateway") {
		if spec := config.Spec[*networking.Gateway](o); spec != nil {
			out = append(out, routing.GatewayOf(o, spec))
		}
	}
	return out
}

// readDelegates returns the VirtualServices without hosts, which only others refer to, by namespace/name.
func readDelegates(r *registry.Registry) map[string]*virtualService {
	out := map[string]*virtualService{}
	for _, o := range r.Objects("VirtualService") {
		if spec := config.Spec[*networking.VirtualService](o); spec != nil && len(spec.Hosts) == 0 {
			out[o.Namespace+"/"+o.Name] = readVirtualService(o, spec, r.Settings)
		}
	}
	return out
}
