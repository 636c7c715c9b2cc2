package registry

import (
	"maps"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// clusterScoped are the kinds whose objects live in no namespace.
var clusterScoped = map[string]bool{"IngressClass": true, "Namespace": true, "Node": true}

// united returns the entries of two maps; those of the second take precedence.
func united[V any](base, over map[string]V) map[string]V {
	out := make(map[string]V, len(base)+len(over))
	maps.Copy(out, base)
	maps.Copy(out, over)
	return out
}

// templated are the kinds that make Pods from a template, Kubernetes' own before custom resources.
var templated = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"}

// templatedKinds returns the kinds of the objects that make Pods from a template.
func templatedKinds(objects map[string][]*config.Object) []string {
	var custom []string
	for kind, list := range objects {
		if _, ok := list[0].Spec.(*config.Workload); ok && !slices.Contains(templated, kind) {
			custom = append(custom, kind)
		}
	}
	slices.Sort(custom)
	return append(slices.Clone(templated), custom...)
}

// WorkloadLabels are the labels of a workload as its document tells, or of those that it makes.
func WorkloadLabels(o *config.Object) map[string]string {
	switch spec := o.Spec.(type) {
	case *networking.WorkloadEntry:
		return united(spec.Labels, o.Labels)
	case *networking.WorkloadGroup:
		return united(spec.GetMetadata().GetLabels(), spec.GetTemplate().GetLabels())
	case *config.Workload:
		return spec.Spec.Template.Metadata.Labels
	}
	return o.Labels
}
