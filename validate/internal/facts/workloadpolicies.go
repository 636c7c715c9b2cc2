package facts

import (
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	telemetry "istio.io/api/telemetry/v1alpha1"

	"sem.example/internal/config"
)

// A WorkloadPolicy is a document that acts on the workloads of its namespace, or on those with certain labels.
type WorkloadPolicy struct {
	Place    // of the labels
	Selector map[string]string
}

// WantedPolicies returns the policies that sidecars carry out.
func (s *Workloads) WantedPolicies() []WorkloadPolicy {
	var all []WorkloadPolicy
	for _, kind := range []string{"PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication", "Sidecar", "Telemetry"} {
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
			case *telemetry.Telemetry:
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

// OfPolicy returns the workloads that a policy selects by labels: those of its namespace, in the root namespace those of all. Without
// labels it returns none.
func (s *Workloads) OfPolicy(o *config.Object, labels map[string]string) []*config.Object {
	namespace := o.Namespace
	if namespace == s.docs.Mesh.Settings.Config.GetRootNamespace() {
		namespace = ""
	}
	return s.Labelled(namespace, labels)
}
