package mesh

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

// A workload is what may serve a port: a Pod or a WorkloadEntry.
type workload struct {
	object   *config.Object
	endpoint Endpoint          // of no port yet
	ports    map[string]uint32 // numbers by name of the port
}

func (w *workload) pod() bool { return w.object.Kind == "Pod" }

// byName says whether only a service that DNS resolves can use the workload, which has no IP address.
func (w *workload) byName() bool { return w.endpoint.Address != "" && !w.endpoint.IsIP() }

// workloads keeps the workloads of each namespace, Pods before WorkloadEntries, by name.
type workloads struct {
	byNamespace map[string][]*workload
	byLabel     map[labelKey][]*workload
	byAddress   map[string][]*workload
}

type labelKey struct{ namespace, key, value string }

func newWorkloads(list []*workload) *workloads {
	slices.SortStableFunc(list, func(a, b *workload) int {
		return cmp.Or(cmp.Compare(a.object.Kind, b.object.Kind), cmp.Compare(a.object.Namespace, b.object.Namespace),
			cmp.Compare(a.object.Name, b.object.Name))
	})
	x := &workloads{map[string][]*workload{}, map[labelKey][]*workload{}, map[string][]*workload{}}
	for _, w := range list {
		ns := w.object.Namespace
		x.byNamespace[ns] = append(x.byNamespace[ns], w)
		for k, v := range w.endpoint.Labels {
			key := labelKey{ns, k, v}
			x.byLabel[key] = append(x.byLabel[key], w)
		}
		x.byAddress[w.endpoint.Address] = append(x.byAddress[w.endpoint.Address], w)
	}
	return x
}

// selected returns the workloads of a namespace that a selector picks. It looks only at those of the rarest label.
func (x *workloads) selected(namespace string, selector map[string]string) []*workload {
	candidates := x.byNamespace[namespace]
	for k, v := range selector {
		if list := x.byLabel[labelKey{namespace, k, v}]; len(list) < len(candidates) {
			candidates = list
		}
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(w *workload) bool { return !selects(selector, w.endpoint.Labels) })
}

// entryWorkload makes a workload of a WorkloadEntry, or nil where its health checks say that it is not ready.
func (b *builder) entryWorkload(o *config.Object) *workload {
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
func (b *builder) entryEndpoint(spec *networking.WorkloadEntry, labels map[string]string, namespace string) Endpoint {
	locality := cmp.Or(spec.Locality, localityLabel(labels))
	mode := "disabled"
	identity := ""
	if spec.ServiceAccount != "" {
		mode = "istio"
		identity = b.mesh.Settings.Identity(namespace, spec.ServiceAccount)
	}
	network := cmp.Or(spec.Network, b.networks.of(spec.Address, labels))
	return Endpoint{
		Address: spec.Address, Labels: withPlace(labels, place{locality, "", network, b.mesh.Settings.Cluster}),
		Weight: spec.Weight, Locality: locality, Network: spec.Network, ServiceAccount: identity,
		TLSMode: tlsMode(labels, mode), Namespace: namespace,
	}
}

// healthy says whether a WorkloadEntry takes part: one with health checks only once a check succeeded.
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
