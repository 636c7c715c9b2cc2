package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// RollsOut reports whether a workload that is applied over the one of a cluster gets other Pods, or none: its template differs in
// what a mesh depends on, or how many it asks for in whether there are any. What only the API server or another tool writes into the
// live template is no difference.
func (o *Object) RollsOut(live *Object) bool {
	w, was := Spec[*Workload](o), Spec[*Workload](live)
	if w == nil || was == nil {
		return false
	}
	return (w.Replicas == 0) != (was.Replicas == 0) || w.Suspended != was.Suspended ||
		!slices.EqualFunc(w.Templates(), was.Templates(), PodTemplate.alike)
}

// alike reports whether the Pods of two templates are the same to a mesh.
func (t PodTemplate) alike(other PodTemplate) bool {
	a, b := t.Spec, other.Spec
	return maps.Equal(t.Metadata.Labels, other.Metadata.Labels) &&
		maps.Equal(meshAnnotations(t.Metadata.Annotations), meshAnnotations(other.Metadata.Annotations)) &&
		a.HostNetwork == b.HostNetwork && a.Hostname == b.Hostname && a.Subdomain == b.Subdomain &&
		cmp.Or(a.ServiceAccountName, "default") == cmp.Or(b.ServiceAccountName, "default") &&
		slices.EqualFunc(a.Containers, b.Containers, Container.alike) && slices.EqualFunc(a.InitContainers, b.InitContainers, Container.alike)
}

// meshAnnotations are those that Istio reads.
func meshAnnotations(all map[string]string) map[string]string {
	read := maps.Clone(all)
	maps.DeleteFunc(read, func(name, _ string) bool { return !strings.Contains(name, "istio.io/") })
	return read
}

// alike reports whether two containers have one name and the same ports.
func (c Container) alike(other Container) bool {
	return c.Name == other.Name && c.RestartPolicy == other.RestartPolicy && slices.EqualFunc(c.Ports, other.Ports, func(a, b ContainerPort) bool {
		return a.Name == b.Name && a.ContainerPort == b.ContainerPort && cmp.Or(a.Protocol, "TCP") == cmp.Or(b.Protocol, "TCP")
	})
}
