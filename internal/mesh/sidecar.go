package mesh

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// sidecars are the Sidecars of the mesh.
type sidecars struct {
	byNamespace map[string][]*config.Object // those with a workload selector first, then by age
	root        *config.Object              // the default of namespaces without any
}

func (b *builder) sidecars() sidecars {
	out := sidecars{byNamespace: map[string][]*config.Object{}}
	for _, selecting := range []bool{true, false} {
		for _, o := range b.objects["Sidecar"] {
			spec := config.Spec[*networking.Sidecar](o)
			if spec == nil || (spec.WorkloadSelector != nil) != selecting {
				continue
			}
			out.byNamespace[o.Namespace] = append(out.byNamespace[o.Namespace], o)
			if out.root == nil && !selecting && o.Namespace == b.config().RootNamespace {
				out.root = o
			}
		}
	}
	return out
}

// of returns the Sidecar in force for a proxy, or nil: the first of its namespace that selects its workload, or that
// selects all. A namespace in which none does has the root namespace's.
func (x sidecars) of(p Proxy) *config.Object {
	for _, o := range x.byNamespace[p.Namespace] {
		if selects(config.Spec[*networking.Sidecar](o).GetWorkloadSelector().GetLabels(), p.Labels) {
			return o
		}
	}
	return x.root
}

// HiddenSidecars returns the Sidecars that might have been in force for the proxy and are not, with the reason.
func (v *View) HiddenSidecars() []config.Ignored {
	if v.Proxy.Type == Gateway {
		return nil
	}
	var out []config.Ignored
	x := v.Mesh.sidecars
	candidates := x.byNamespace[v.Proxy.Namespace]
	if x.root != nil && !slices.Contains(candidates, x.root) {
		candidates = append(slices.Clip(candidates), x.root)
	}
	for _, o := range candidates {
		if o != v.Sidecar {
			out = append(out, config.Ignored{Object: o, Field: "spec.workloadSelector", Reason: v.whyNotSidecar(o)})
		}
	}
	return out
}

func (v *View) whyNotSidecar(o *config.Object) string {
	selector := config.Spec[*networking.Sidecar](o).GetWorkloadSelector()
	switch {
	case !selects(selector.GetLabels(), v.Proxy.Labels):
		return "its workload selector does not match the proxy"
	case o.Namespace != v.Proxy.Namespace:
		return "namespace " + v.Proxy.Namespace + " has a Sidecar of its own, " + v.Sidecar.Name
	case selector == nil && config.Spec[*networking.Sidecar](v.Sidecar).WorkloadSelector != nil:
		return v.Sidecar.Name + " selects the proxy"
	}
	return v.Sidecar.Name + " is older"
}
