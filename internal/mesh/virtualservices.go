package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
)

// readVirtualServices reads all VirtualServices that have hosts of their own.
func readVirtualServices(r *registry.Registry) virtualServiceIndex {
	index := virtualServiceIndex{byGateway: map[string]*bound{}, byHost: newHostIndex[[]*routing.Rules]()}
	delegates := readDelegates(r)
	for _, o := range r.Objects("VirtualService") {
		if spec := config.Spec[*networking.VirtualService](o); spec != nil && len(spec.Hosts) > 0 {
			index.add(readVirtualService(o, spec, r.Settings).merged(delegates))
		}
	}
	return index
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
