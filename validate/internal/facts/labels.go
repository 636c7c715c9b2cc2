package facts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A labelIndex finds workloads by a label, so that a selector is compared with few of them. Under no label it has all of a
// namespace.
type labelIndex map[LabelKey][]*config.Object

// A LabelKey is a label in a namespace, or in any if it is "".
type LabelKey struct{ Namespace, Name, Value string }

func (x labelIndex) add(o *config.Object) {
	put := func(key LabelKey) { x[key] = append(x[key], o) }
	put(LabelKey{Namespace: o.Namespace})
	for name, value := range mesh.WorkloadLabels(o) {
		put(LabelKey{"", name, value})
		put(LabelKey{o.Namespace, name, value})
	}
}

// pick returns the workloads of a namespace, or of all if it is "", that have the labels, of which there is one at least.
func (x labelIndex) pick(namespace string, labels map[string]string) []*config.Object {
	var fewest []*config.Object
	for i, name := range slices.Sorted(maps.Keys(labels)) {
		if found := x[LabelKey{namespace, name, labels[name]}]; i == 0 || len(found) < len(fewest) {
			fewest = found
		}
	}
	if len(labels) == 1 {
		return slices.Clone(fewest) // the index has compared it
	}
	var found []*config.Object
	for _, o := range fewest {
		if picks(labels, mesh.WorkloadLabels(o)) {
			found = append(found, o)
		}
	}
	return found
}

// picks reports whether labels have all that a selector asks for; one that it asks to be empty has to be there as well.
func picks(selector, labels map[string]string) bool {
	for name, value := range selector {
		if got, ok := labels[name]; !ok || got != value {
			return false
		}
	}
	return true
}

// HasLabels reports whether labels hold all that are asked for.
func HasLabels(labels, asked map[string]string) bool {
	for name, value := range asked {
		if has, ok := labels[name]; !ok || has != value {
			return false
		}
	}
	return true
}

// MissingLabels returns those of the labels asked for that are not there.
func MissingLabels(asked, there map[string]string) map[string]string {
	missing := map[string]string{}
	for name, value := range asked {
		if has, ok := there[name]; !ok || has != value {
			missing[name] = value
		}
	}
	return missing
}

// LabelPairs are labels as YAML has them, sorted.
func LabelPairs(labels map[string]string) []string {
	var list []string
	for k, v := range labels {
		list = append(list, fmt.Sprintf("%s: %s", k, v))
	}
	slices.Sort(list)
	return list
}

// SelectorText writes labels in the order of their names.
func SelectorText(labels map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, fmt.Sprintf("%s=%s", name, labels[name]))
	}
	return strings.Join(all, ",")
}

// ClusterLabel is the label by which istiod marks the endpoints and proxies of a cluster. Where nothing names the cluster, its value
// is UnnamedCluster.
const (
	ClusterLabel   = "topology.istio.io/cluster"
	UnnamedCluster = "Kubernetes"
)
