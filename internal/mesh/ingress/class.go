package ingress

import (
	"fmt"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
)

const (
	// classAnnotation names the class of an Ingress in the way that came before IngressClass, and takes precedence.
	classAnnotation = "kubernetes.io/ingress.class"
	// controller is Istio's name in IngressClasses.
	controller = "istio.io/ingress-controller"
)

// whyIgnored returns why an Ingress is not Istio's; "" where it is. The annotation counts by its value; an IngressClass that
// exists by its controller, whatever the mode; all else is Istio's in mode DEFAULT only.
func (t *translation) whyIgnored(o *config.Object, spec *config.Ingress) string {
	mesh := t.registry.Settings.Config
	mode := mesh.GetIngressControllerMode()
	if class, annotated := o.Annotations[classAnnotation]; annotated {
		switch {
		case mode == meshconfig.MeshConfig_OFF:
			return "MeshConfig ingressControllerMode is OFF"
		case class != mesh.GetIngressClass():
			return fmt.Sprintf("annotation %s is %q, and the class of MeshConfig ingressClass is %q", classAnnotation, class, mesh.GetIngressClass())
		}
		return ""
	}
	named := spec.Spec.IngressClassName
	if named != nil {
		if class := t.registry.Object("IngressClass", "", *named); class != nil {
			return otherController(class)
		}
	}
	switch {
	case mode == meshconfig.MeshConfig_DEFAULT:
		return ""
	case mode == meshconfig.MeshConfig_OFF:
		return "MeshConfig ingressControllerMode is OFF"
	case named != nil:
		return fmt.Sprintf("there is no IngressClass %s, and MeshConfig ingressControllerMode is STRICT", *named)
	}
	return "it has no class, and MeshConfig ingressControllerMode is STRICT"
}

// otherController says whose a class is that is not Istio's; "" where it is.
func otherController(class *config.Object) string {
	if by := config.Spec[*config.IngressClass](class).Spec.Controller; by != controller {
		return fmt.Sprintf("IngressClass %s belongs to controller %q, not to %q", class.Name, by, controller)
	}
	return ""
}
