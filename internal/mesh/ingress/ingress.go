package ingress

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
)

// A Result is what Ingresses come to.
type Result struct {
	Gateways []*routing.Gateway // one an Ingress
	Rules    []*routing.Rules   // one a host
	Ignored  []config.Ignored   // Ingresses, and parts of them, that have no effect
}

// Read reads the Ingresses of a mesh.
func Read(r *registry.Registry) Result {
	t := &translation{registry: r}
	var served []*config.Object
	for _, o := range r.Objects("Ingress") {
		spec := config.Spec[*config.Ingress](o)
		if spec == nil {
			continue
		}
		if why := t.whyIgnored(o, spec); why != "" {
			t.ignore(config.At(o, ""), why)
			continue
		}
		served = append(served, o)
		t.out.Gateways = append(t.out.Gateways, t.gateway(o, &spec.Spec))
	}
	slices.SortFunc(t.out.Gateways, func(a, b *routing.Gateway) int { return cmp.Compare(a.Name, b.Name) })
	t.rules(served)
	return t.out
}

// A translation makes gateways and rules of the Ingresses of a mesh.
type translation struct {
	registry *registry.Registry
	out      Result
}

func (t *translation) ignore(at config.Place, why string) {
	t.out.Ignored = append(t.out.Ignored, at.Ignore(why))
}
