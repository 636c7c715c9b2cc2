package validate

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/gatewayapi"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM399",
	Title:    "Gateway API Gateway of an unknown GatewayClass",
	Severity: diag.Warning,
	Stage:    diag.AtListener,
	Why: `The GatewayClass says which controller serves a Gateway. Istio creates the classes istio, istio-remote, istio-waypoint and
istio-east-west itself, so they need no document. Istio ignores a Gateway of any other class, unless a GatewayClass document names
Istio's controller.`,
	Fix: `Correct gatewayClassName. If another controller serves the Gateway, add its GatewayClass to the input.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istoi
  listeners: [{name: http, port: 80, protocol: HTTP}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
`,
}, unknownClass)

// istioClasses are the GatewayClasses that istiod knows without a document.
var istioClasses = []string{gatewayapi.IstioClass, "istio-remote", "istio-waypoint", "istio-east-west"}

func unknownClass(s *facts.Set, r *reporter) {
	for _, o := range s.Objects {
		if o.Kind != gatewayapi.Group+"/Gateway" || !s.Wanted(o) {
			continue
		}
		class := config.Spec[*gatewayapi.Gateway](o).Spec.GatewayClassName
		if slices.Contains(istioClasses, class) || s.Mesh.Object(gatewayapi.Group+"/GatewayClass", "", class) != nil {
			continue
		}
		f := r.at(facts.At(o, "spec.gatewayClassName"), "no GatewayClass %s in the input, and Istio creates none: Istio ignores the Gateway", class)
		if near := diag.Nearest(class, istioClasses); near != "" {
			f.help("did you mean %s?", near)
			continue
		}
		f.help("if another controller serves the Gateway, add its GatewayClass to the input").severity(diag.Info)
	}
}
