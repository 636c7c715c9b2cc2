package facts

import (
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
)

// A WorkloadPolicy is a document that acts on the workloads of its namespace, or on those with certain labels.
type WorkloadPolicy struct {
	Place    // of the labels
	Selector map[string]string
}

// WantedPolicies returns the policies that sidecars carry out.
func (s *Workloads) WantedPolicies() []WorkloadPolicy {
	var all []WorkloadPolicy
	for _, kind := range []string{"PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication", "Sidecar"} {
		for _, o := range s.docs.WantedObjects(kind) {
			p := WorkloadPolicy{Place: At(o, "spec.selector.matchLabels")}
			switch spec := o.Spec.(type) {
			case *security.PeerAuthentication:
				p.Selector = spec.GetSelector().GetMatchLabels()
			case *security.AuthorizationPolicy:
				p.Selector = spec.GetSelector().GetMatchLabels()
				if len(spec.GetTargetRefs()) > 0 || spec.GetTargetRef() != nil {
					continue // a gateway or waypoint
				}
			case *security.RequestAuthentication:
				p.Selector = spec.GetSelector().GetMatchLabels()
				if len(spec.GetTargetRefs()) > 0 || spec.GetTargetRef() != nil {
					continue
				}
			case *networking.Sidecar:
				p.Selector, p.Field = spec.GetWorkloadSelector().GetLabels(), "spec.workloadSelector.labels"
			}
			all = append(all, p)
		}
	}
	return all
}
