package registry

import (
	"cmp"

	"sem.example/internal/config"
)

// podEndpoint reads what a Pod says about a workload. A nil Pod is an address that nothing is known of.
func (b *reader) podEndpoint(o *config.Object) Endpoint {
	e := Endpoint{TLSMode: "disabled"}
	if o != nil {
		pod := config.Spec[*config.Pod](o)
		e = Endpoint{
			Address: pod.Status.PodIP, ServiceAccount: b.settings.Identity(o.Namespace, pod.Spec.ServiceAccountName),
			TLSMode: TLSMode(o.Labels, "disabled"), Locality: b.podLocality(o), Node: pod.Spec.NodeName,
			Namespace: o.Namespace, Workload: podWorkload(o), Labels: o.Labels, Object: o,
		}
		e.Network = b.networks.of(e.Address, o.Labels)
	}
	e.Labels = withPlacement(e.Labels, placement{e.Locality, e.Node, e.Network, b.settings.Cluster})
	return e
}

// onNetwork settles the network of an endpoint whose Pod is unknown by its address.
func (b *reader) onNetwork(e Endpoint) Endpoint {
	if e.Network == "" {
		if e.Network = b.networks.of(e.Address, e.Labels); e.Network != "" {
			e.Labels = withPlacement(e.Labels, placement{network: e.Network})
		}
	}
	return e
}

// readyWorkload makes a workload of a Pod that is ready, or nil.
func (b *reader) readyWorkload(o *config.Object) *workload {
	pod := config.Spec[*config.Pod](o)
	if pod == nil || !podReady(pod) {
		return nil
	}
	e := b.podEndpoint(o)
	e.Field, e.Health = "status.podIP", Healthy
	return &workload{object: o, endpoint: e, ports: namedPorts(pod)}
}

// podLocality is the locality of a Pod: what its labels say, else that of its node.
func (b *reader) podLocality(o *config.Object) string {
	if locality := localityLabel(o.Labels, b.settings.Release); locality != "" {
		return locality
	}
	labels, ok := b.nodes[config.Spec[*config.Pod](o).Spec.NodeName]
	if !ok {
		return ""
	}
	region, zone := cmp.Or(labels[labelRegion], labels[oldLabelRegion]), cmp.Or(labels[labelZone], labels[oldLabelZone])
	if locality := region + "/" + zone + "/" + labels[labelSubzone]; locality != "//" {
		return locality
	}
	return ""
}
