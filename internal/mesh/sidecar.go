package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
)

// sidecars are the Sidecars of the mesh.
type sidecars struct {
	byNamespace map[string][]*config.Object // those with a workload selector first, then by age
	root        *config.Object              // the default of namespaces without any
}

func readSidecars(r *registry.Registry) sidecars {
	out := sidecars{byNamespace: map[string][]*config.Object{}}
	for _, selecting := range []bool{true, false} {
		for _, o := range r.Objects("Sidecar") {
			spec := config.Spec[*networking.Sidecar](o)
			if spec == nil || (spec.WorkloadSelector != nil) != selecting {
				continue
			}
			out.byNamespace[o.Namespace] = append(out.byNamespace[o.Namespace], o)
			if out.root == nil && !selecting && o.Namespace == r.Settings.Config.RootNamespace {
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
		if registry.Selects(config.Spec[*networking.Sidecar](o).GetWorkloadSelector().GetLabels(), p.Labels) {
			return o
		}
	}
	return x.root
}
