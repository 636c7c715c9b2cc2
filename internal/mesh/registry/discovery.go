package registry

import (
	"maps"
	"slices"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
)

// labelName is the label by which Kubernetes gives every namespace its own name.
const labelName = "kubernetes.io/metadata.name"

// discovered returns the objects that istiod watches. MeshConfig's discoverySelectors leave out whole namespaces; one
// that the input does not describe stays, for its labels are unknown.
func discovered(objects []*config.Object, selectors []*meshconfig.LabelSelector) (kept []*config.Object, left []config.Ignored) {
	if len(selectors) == 0 {
		return objects, nil
	}
	watched := map[string]bool{}
	for _, o := range objects {
		if o.Kind == "Namespace" {
			labels := map[string]string{labelName: o.Name}
			maps.Copy(labels, o.Labels)
			watched[o.Name] = slices.ContainsFunc(selectors, func(s *meshconfig.LabelSelector) bool { return selectsNamespace(s, labels) })
		}
	}
	for _, o := range objects {
		if on, known := watched[o.Namespace]; known && !on && !clusterScoped[o.Kind] {
			left = append(left, config.Ignored{Object: o, Field: "", Reason: "discoverySelectors of the mesh leave out namespace " + o.Namespace})
		} else {
			kept = append(kept, o)
		}
	}
	return kept, left
}

// selectsNamespace reports whether a label selector of MeshConfig matches the labels of a namespace.
func selectsNamespace(s *meshconfig.LabelSelector, labels map[string]string) bool {
	return Selects(s.MatchLabels, labels) && !slices.ContainsFunc(s.MatchExpressions, func(r *meshconfig.LabelSelectorRequirement) bool {
		return !meets(r, labels)
	})
}

// meets reports whether labels fulfil a requirement; one with an unknown operator is never met.
func meets(r *meshconfig.LabelSelectorRequirement, labels map[string]string) bool {
	value, has := labels[r.Key]
	switch r.Operator {
	case "In":
		return has && slices.Contains(r.Values, value)
	case "NotIn":
		return !has || !slices.Contains(r.Values, value)
	case "Exists":
		return has
	case "DoesNotExist":
		return !has
	}
	return false
}
