package pipeline

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/simulate"
)

// gatewayKind is the kind of a Gateway in the name of a proxy, be it Istio's or of the Gateway API.
const gatewayKind = "Gateway"

// serving returns the proxy that serves a Gateway. It is false where the input has no Gateway of the name.
func (w *World) serving(p simulate.Proxy, namespace, name string) (simulate.Proxy, bool) {
	if o := w.Mesh.Object(gatewayapi.Group+"/Gateway", namespace, name); o != nil {
		p.Namespace, p.Name = namespace, serviceOf(o)
		return p, p.Name != ""
	}
	o := w.Mesh.Object(gatewayKind, namespace, name)
	if o == nil {
		return p, false
	}
	p.Namespace, p.Name = namespace, name
	selector := config.Spec[*networking.Gateway](o).GetSelector()
	if selected := w.given(w.Mesh.Selected("", selector)); len(selector) > 0 && len(selected) > 0 {
		p.Namespace, p.Name = selected[0].Namespace, selected[0].Name
	} else if len(p.Labels) == 0 {
		p.Labels = selector
	}
	return p, true
}

// serviceOf is the name of the Service whose Pods serve a Gateway of the Gateway API: the one that istiod makes, or the first that the
// Gateway names as an address.
func serviceOf(o *config.Object) string {
	spec := config.Spec[*gatewayapi.Gateway](o).Spec
	if spec.Managed() {
		return spec.DeploymentName(o.Name, o.Annotations)
	}
	for _, a := range spec.Addresses {
		if a.Type != nil && *a.Type == "Hostname" {
			name, _, _ := strings.Cut(a.Value, ".")
			return name
		}
	}
	return ""
}
