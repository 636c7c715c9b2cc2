package registry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// The annotations of a WorkloadEntry that registration wrote.
const (
	annotationGroup        = "istio.io/autoRegistrationGroup"
	annotationHealthChecks = "proxy.istio.io/health-checks-enabled"
)

// entryWorkload makes a workload of a WorkloadEntry, or nil where its health checks say that it is not ready.
func (b *reader) entryWorkload(o *config.Object) *workload {
	spec := config.Spec[*networking.WorkloadEntry](o)
	if spec == nil || !healthy(o) {
		return nil
	}
	labels := WorkloadLabels(o)
	e := b.entryEndpoint(spec, labels, o.Namespace)
	e.Object, e.Field = o, "spec.address"
	e.Workload = cmp.Or(o.Annotations[annotationGroup], o.Labels[labelWorkload], o.Name)
	return &workload{object: o, endpoint: e, ports: spec.Ports}
}

// entryEndpoint reads what a WorkloadEntry, or an endpoint of a ServiceEntry, says about a workload.
func (b *reader) entryEndpoint(spec *networking.WorkloadEntry, labels map[string]string, namespace string) Endpoint {
	locality := cmp.Or(spec.Locality, localityLabel(labels, b.settings.Release))
	mode := "disabled"
	identity := ""
	if spec.ServiceAccount != "" {
		mode = "istio"
		identity = b.settings.Identity(namespace, spec.ServiceAccount)
	}
	network := cmp.Or(spec.Network, b.networks.of(spec.Address, labels))
	return Endpoint{
		Address: spec.Address, Labels: withPlacement(labels, placement{locality, "", network, b.settings.Cluster}),
		Weight: spec.Weight, Locality: locality, Network: spec.Network, ServiceAccount: identity,
		TLSMode: TLSMode(labels, mode), Namespace: namespace,
	}
}

// healthy reports whether a WorkloadEntry takes part: one with health checks only once a check succeeded.
func healthy(o *config.Object) bool {
	if on, _ := strconv.ParseBool(o.Annotations[annotationHealthChecks]); !on || o.Doc == nil {
		return true
	}
	if !o.Status {
		return false
	}
	conditions := o.Doc.Lookup("status.conditions")
	if conditions == nil {
		return false
	}
	return slices.ContainsFunc(conditions.Items, func(n *source.Node) bool {
		return n.StringAt("type") == "Healthy" && strings.EqualFold(n.StringAt("status"), "true")
	})
}
