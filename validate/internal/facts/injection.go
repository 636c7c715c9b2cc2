package facts

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// injectLabel is the label, once an annotation, that turns sidecar injection on and off.
const injectLabel = "sidecar.istio.io/inject"

// injection returns what a workload itself says of sidecar injection: "true", "false", or nothing.
func injection(o *config.Object) string {
	labels, annotations := o.Labels, o.Annotations
	if w, ok := o.Spec.(*config.Workload); ok {
		labels, annotations = w.Spec.Template.Metadata.Labels, w.Spec.Template.Metadata.Annotations
	}
	if value, ok := labels[injectLabel]; ok {
		return value
	}
	return annotations[injectLabel]
}

// RefusesInjection reports whether a workload of Kubernetes plainly has no sidecar.
func RefusesInjection(o *config.Object) bool {
	switch o.Spec.(type) {
	case *config.Pod, *config.Workload:
		return injection(o) == "false"
	}
	return false
}

// HasSidecar reports whether a workload plainly has a sidecar: one runs in it, or its namespace asks for sidecars. The templates of
// gateways make no sidecar.
func (s *Workloads) HasSidecar(o *config.Object) bool {
	if RefusesInjection(o) || injectionTemplates(o) != "" {
		return false
	}
	if pod, ok := o.Spec.(*config.Pod); ok {
		proxy := func(c config.Container) bool { return c.Name == "istio-proxy" }
		if mesh.WorkloadLabels(o)[config.LabelTLSMode] == "istio" {
			return true
		}
		return len(pod.Spec.Containers) > 1 && slices.ContainsFunc(pod.Spec.Containers, proxy) || slices.ContainsFunc(pod.Spec.InitContainers, proxy)
	}
	ns := s.docs.Mesh.Object("Namespace", "", o.Namespace)
	return injection(o) == "true" || ns != nil && ns.Labels[InjectionLabel] == "enabled"
}

// injectionTemplates returns the injection templates that a workload asks for; "" is a sidecar.
func injectionTemplates(o *config.Object) string {
	if w, ok := o.Spec.(*config.Workload); ok {
		return w.Spec.Template.Metadata.Annotations["inject.istio.io/templates"]
	}
	return o.Annotations["inject.istio.io/templates"]
}

// RefuseSidecars reports whether a workload of a service asks for no sidecar.
func (s *Workloads) RefuseSidecars(svc *mesh.Service) bool {
	return slices.ContainsFunc(s.Selected(svc.Namespace, svc.Selector), RefusesInjection)
}

// The labels of a namespace that say what its Pods get.
// InjectionLabel is the label of a namespace that turns sidecar injection on and off.
const InjectionLabel = "istio-injection"
