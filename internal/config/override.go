package config

import (
	"maps"
	"slices"
)

// Identity names a resource of a cluster, whatever the version that it is written in.
type Identity struct{ Group, Kind, Namespace, Name string }

// Identity returns what the object is called in a cluster.
func (o *Object) Identity() Identity {
	group, _ := groupVersion(o.Doc.APIVersion)
	return Identity{group, o.KindName(), o.Namespace, o.Name}
}

// Over returns the object as it becomes where it is applied over the one that a cluster has: it is as old as that one, and keeps
// what the cluster gave it.
func (o *Object) Over(live *Object) *Object {
	applied := *o
	applied.Live = live.Live
	if applied.CreationTimestamp.IsZero() {
		applied.CreationTimestamp = live.CreationTimestamp
	}
	switch spec := o.Spec.(type) {
	case *Namespace:
		applied.Labels = joined(live.Labels, o.Labels)
		applied.Annotations = joined(live.Annotations, o.Annotations)
	case *Service:
		applied.Spec = spec.over(Spec[*Service](live))
	case *Workload:
		if o.RollsOut(live) {
			applied.Live = false // its Pods are new
		} else if was := Spec[*Workload](live); was != nil {
			kept := *spec
			kept.Ready, kept.Finished = was.Ready, was.Finished
			applied.Spec, applied.Status = &kept, live.Status
		}
	}
	return &applied
}

// joined has the entries of two maps; the second takes precedence.
func joined(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	if out == nil {
		return b
	}
	maps.Copy(out, b)
	return out
}

// over returns the Service with the addresses that the cluster gave it.
func (s *Service) over(live *Service) *Service {
	if live == nil || s.Spec.Type == "ExternalName" || s.Spec.ClusterIP != "" {
		return s
	}
	kept := *s
	kept.Spec.ClusterIP, kept.Spec.ClusterIPs = live.Spec.ClusterIP, slices.Clone(live.Spec.ClusterIPs)
	kept.Status = live.Status
	return &kept
}

// ServiceOfSlice returns the name of the Service from whose selector Kubernetes made an EndpointSlice; "" for any other object.
func (o *Object) ServiceOfSlice() string {
	if o.Kind != "EndpointSlice" || o.Labels["endpointslice.kubernetes.io/managed-by"] != "endpointslice-controller.k8s.io" {
		return ""
	}
	return o.Labels["kubernetes.io/service-name"]
}
