package mesh

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
)

// readVirtualServices reads all VirtualServices that have hosts. It puts the rules of Ingresses before them: those have no
// creation time, which istiod takes for the oldest. The rules of the Gateway API have the age of their routes.
func readVirtualServices(r *registry.Registry, ingresses, api []*routing.Rules) virtualServiceIndex {
	index := virtualServiceIndex{byGateway: map[string]*bound{}, byHost: newHostIndex[[]*routing.Rules]()}
	delegates := readDelegates(r)
	for _, o := range r.Objects("VirtualService") {
		if spec := config.Spec[*networking.VirtualService](o); spec != nil && len(spec.Hosts) > 0 {
			index.written = append(index.written, readVirtualService(o, spec, r.Settings).merged(delegates))
		}
	}
	rest := index.written
	if len(api) > 0 {
		rest = slices.Concat(index.written, api)
		slices.SortStableFunc(rest, func(a, b *routing.Rules) int { return config.Compare(identity(a), identity(b)) })
	}
	for _, rules := range slices.Concat(ingresses, rest) {
		index.add(rules)
	}
	return index
}

// identity is the VirtualService of some rules as istiod has it, by its name and age.
func identity(r *routing.Rules) *config.Object {
	namespace, name := r.VirtualService()
	return aged(r.Object, namespace, name)
}

// aged is an object of a name that is as old as another.
func aged(o *config.Object, namespace, name string) *config.Object {
	return &config.Object{Meta: config.Meta{Namespace: namespace, Name: name, CreationTimestamp: o.CreationTimestamp}}
}

// byAge merges the gateways of the Gateway API into those of Istio's.
func byAge(gateways, api []*routing.Gateway) []*routing.Gateway {
	if len(api) == 0 {
		return gateways
	}
	out := slices.Concat(gateways, api)
	slices.SortStableFunc(out, func(a, b *routing.Gateway) int {
		return config.Compare(aged(a.Object, a.Namespace, a.Name), aged(b.Object, b.Namespace, b.Name))
	})
	return out
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
