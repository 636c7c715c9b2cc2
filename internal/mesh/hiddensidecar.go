package mesh

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// HiddenSidecars returns the Sidecars that might have been in force for the proxy and are not, with the reason.
func (v *View) HiddenSidecars() []config.Ignored {
	if v.IsGateway() {
		return nil
	}
	var out []config.Ignored
	x := v.Mesh.sidecars
	candidates := x.byNamespace[v.Proxy().Namespace()]
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
	case !v.Proxy().Selected(selector.GetLabels()):
		return "its workload selector does not match the proxy"
	case !v.Proxy().In(o.Namespace):
		return "namespace " + v.Proxy().Namespace() + " has its own Sidecar " + v.Sidecar.Name
	case selector == nil && config.Spec[*networking.Sidecar](v.Sidecar).WorkloadSelector != nil:
		return v.Sidecar.Name + " selects the proxy"
	}
	return v.Sidecar.Name + " is older"
}
