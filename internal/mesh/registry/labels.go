package registry

import (
	"maps"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/release"
)

// The labels that a workload's place in the mesh is read from or written to.
const (
	labelRegion   = "topology.kubernetes.io/region"
	labelZone     = "topology.kubernetes.io/zone"
	labelSubzone  = "topology.istio.io/subzone"
	labelNode     = "kubernetes.io/hostname"
	labelNetwork  = "topology.istio.io/network"
	labelCluster  = "topology.istio.io/cluster"
	labelLocality = "topology.istio.io/locality"
	oldLocality   = "istio-locality"

	labelWorkload = "service.istio.io/workload-name"

	oldLabelRegion = "failure-domain.beta.kubernetes.io/region"
	oldLabelZone   = "failure-domain.beta.kubernetes.io/zone"
)

// PlaceLabels are the labels of a place that a service which prefers near endpoints compares.
var PlaceLabels = []string{labelNetwork, labelCluster, labelRegion, labelZone, labelSubzone, labelNode}

// Selects reports whether labels have all the values that a selector asks for. An empty selector selects everything.
func Selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if got, ok := labels[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// picks is Selects for the selectors of Kubernetes Services: an empty one picks nothing.
func picks(selector, labels map[string]string) bool {
	return len(selector) > 0 && len(labels) > 0 && Selects(selector, labels)
}

// A placement is where a workload runs.
type placement struct {
	locality, node, network, cluster string
}

// withPlacement returns labels with those of a workload's place added, as subsets and failover priorities may select by them.
func withPlacement(labels map[string]string, p placement) map[string]string {
	out := make(map[string]string, len(labels)+6)
	maps.Copy(out, labels)
	parts := strings.SplitN(p.locality, "/", 4)
	for i, key := range []string{labelRegion, labelZone, labelSubzone} {
		if i < len(parts) && parts[i] != "" {
			out[key] = parts[i]
		}
	}
	if p.cluster != "" {
		out[labelCluster] = p.cluster
	}
	if p.node != "" {
		out[labelNode] = p.node
	}
	if p.network != "" && out[labelNetwork] == "" {
		out[labelNetwork] = p.network
	}
	return out
}

// localityLabel returns the locality that a workload's own labels name. Labels cannot hold a slash, so dots stand for it.
func localityLabel(labels map[string]string, r release.Release) string {
	locality, ok := labels[labelLocality]
	if !ok || !r.Has(release.LocalityLabel) {
		locality = labels[oldLocality]
	}
	if strings.Contains(locality, "/") {
		return locality
	}
	return strings.ReplaceAll(locality, ".", "/")
}

// TLSMode is the mode that labels announce: "istio" is written by sidecar injection.
func TLSMode(labels map[string]string, otherwise string) string {
	if mode, ok := labels[config.LabelTLSMode]; ok {
		return mode
	}
	return otherwise
}

// labelService names the Service that an EndpointSlice belongs to.
const labelService = "kubernetes.io/service-name"
