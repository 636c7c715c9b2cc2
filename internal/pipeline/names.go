package pipeline

import (
	"fmt"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh"
)

// Workloads returns what a call may come from: Pods, WorkloadEntries, and what makes them.
func (w *World) Workloads() []*config.Object { return w.given(w.Mesh.Selected("", nil)) }

// given leaves out the Pods that the input does not have.
func (w *World) given(objects []*config.Object) []*config.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o *config.Object) bool {
		return w.completed != nil && w.completed.Origin(o).Kind != o.Kind
	})
}

// Gateways returns the workloads that serve Gateways, and the Services in front of them.
func (w *World) Gateways() []*config.Object {
	var found []*config.Object
	for _, o := range w.Mesh.Objects("Gateway") {
		selector := config.Spec[*networking.Gateway](o).GetSelector()
		if len(selector) == 0 {
			continue // a Gateway for every workload, or one of the Gateway API
		}
		selected := w.given(w.Mesh.Selected("", selector))
		found = append(found, selected...)
		for _, s := range w.Mesh.Services {
			if s.Kubernetes() && slices.ContainsFunc(selected, func(o *config.Object) bool { return stands(s, o) }) {
				found = append(found, s.Object)
			}
		}
	}
	for _, o := range w.Mesh.Objects(gatewayapi.Group + "/Gateway") {
		found = append(found, w.given(w.Mesh.Selected(o.Namespace, map[string]string{mesh.LabelGateway: o.Name}))...)
		for _, s := range servicesOf(w, o) {
			if selector := config.Spec[*config.Service](s).Spec.Selector; len(selector) > 0 {
				found = append(found, w.given(w.Mesh.Selected(o.Namespace, selector))...)
			}
			found = append(found, s)
		}
	}
	return found
}

// stands reports whether a Service is before a workload.
func stands(s *mesh.Service, o *config.Object) bool {
	labels := mesh.WorkloadLabels(o)
	for k, v := range s.Selector {
		if labels[k] != v {
			return false
		}
	}
	return len(s.Selector) > 0 && s.Namespace == o.Namespace
}

// Subsets returns the names of all subsets.
func (w *World) Subsets() []string {
	var found []string
	for _, o := range w.Mesh.Objects("DestinationRule") {
		for _, s := range config.Spec[*networking.DestinationRule](o).GetSubsets() {
			found = append(found, s.GetName())
		}
	}
	return found
}

// URLs returns a URL for each port that an application can call by name.
func (w *World) URLs() []string {
	var found []string
	for _, s := range w.Mesh.Services {
		if mesh.IsWildcard(s.Host) {
			continue
		}
		for _, p := range s.Ports {
			found = append(found, urlOf(s.Host, p))
		}
	}
	return found
}

func urlOf(host string, p *mesh.Port) string {
	scheme, usual := "http", uint32(80)
	switch {
	case p.Protocol.IsTLS():
		scheme, usual = "https", 443
	case p.Protocol.IsTCP():
		return fmt.Sprintf("tcp://%s:%d", host, p.Number)
	}
	if p.Number == usual {
		return fmt.Sprintf("%s://%s/", scheme, host)
	}
	return fmt.Sprintf("%s://%s:%d/", scheme, host, p.Number)
}
