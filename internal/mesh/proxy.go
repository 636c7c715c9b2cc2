package mesh

import (
	"net/netip"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// ProxyType is the role of a proxy.
type ProxyType string

// The proxy types.
const (
	Sidecar ProxyType = "sidecar"
	Gateway ProxyType = "gateway"
)

// A Proxy is the workload that configuration is computed for.
type Proxy struct {
	Type           ProxyType
	Namespace      string
	Name           string
	Labels         map[string]string
	IPs            []netip.Addr
	Locality       string // region/zone/subzone
	Network        string
	ServiceAccount string
	Node           string // that the workload runs on
	DNSCapture     bool   // the proxy answers the application's DNS queries
}

// Proxy completes what is asked of a proxy with what the input knows of the workload of its name: a Pod, what makes
// Pods from a template, a WorkloadEntry or WorkloadGroup; for a gateway also a Service, whose selector gives the labels.
// What is asked wins. The second result is false where the input has no such workload.
func (m *Mesh) Proxy(asked Proxy) (Proxy, bool) {
	known, found := m.workloadOf(asked)
	if found {
		asked = asked.or(known)
	}
	return asked, found
}

// or fills in from another proxy what is open.
func (p Proxy) or(q Proxy) Proxy {
	if len(p.Labels) == 0 {
		p.Labels = q.Labels
	}
	if len(p.IPs) == 0 {
		p.IPs = q.IPs
	}
	for _, f := range []struct{ to, from *string }{
		{&p.Locality, &q.Locality}, {&p.Network, &q.Network}, {&p.ServiceAccount, &q.ServiceAccount}, {&p.Node, &q.Node},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	return p
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

// workloadOf finds what the input knows of the workload of a proxy's name.
func (m *Mesh) workloadOf(p Proxy) (Proxy, bool) {
	for _, w := range m.workloads.byNamespace[p.Namespace] {
		if w.object.Name == p.Name {
			return w.proxy(), true
		}
	}
	if o := m.Object("Pod", p.Namespace, p.Name); o != nil {
		return podProxy(o), true
	}
	if o := m.templateOf(p); o != nil {
		return m.templateProxy(o), true
	}
	if o := m.Object("WorkloadGroup", p.Namespace, p.Name); o != nil {
		return groupProxy(o), true
	}
	if o := m.Object("Service", p.Namespace, p.Name); o != nil && p.Type == Gateway {
		return m.serviceProxy(o)
	}
	return Proxy{}, false
}

// templateOf finds what makes the Pods of a proxy's name from a template, or nil.
func (m *Mesh) templateOf(p Proxy) *config.Object {
	for _, kind := range m.templated {
		if o := m.Object(kind, p.Namespace, p.Name); o != nil {
			return o
		}
	}
	return nil
}

// proxy is the proxy beside a workload.
func (w *workload) proxy() Proxy {
	e := w.endpoint
	p := Proxy{Labels: e.Labels, Locality: e.Locality, Network: e.Network, Node: e.Node}
	if ip, err := netip.ParseAddr(e.Address); err == nil {
		p.IPs = []netip.Addr{ip}
	}
	if w.pod() {
		pod := podProxy(w.object)
		p.IPs, p.ServiceAccount = pod.IPs, pod.ServiceAccount
	} else {
		p.ServiceAccount = config.Spec[*networking.WorkloadEntry](w.object).ServiceAccount
	}
	return p
}

// podProxy is the proxy of a Pod as its document alone tells.
func podProxy(o *config.Object) Proxy {
	pod := config.Spec[*config.Pod](o)
	p := Proxy{Labels: o.Labels, Locality: localityLabel(o.Labels), Network: o.Labels[labelNetwork],
		ServiceAccount: pod.Spec.ServiceAccountName, Node: pod.Spec.NodeName}
	addresses := []string{pod.Status.PodIP}
	if len(pod.Status.PodIPs) > 1 {
		addresses = nil
		for _, ip := range pod.Status.PodIPs {
			addresses = append(addresses, ip.IP)
		}
	}
	for _, a := range addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			p.IPs = append(p.IPs, ip)
		}
	}
	return p
}

// templateProxy is the proxy of the Pods that a Deployment or the like makes: that of the first one which is known,
// else what the template tells.
func (m *Mesh) templateProxy(o *config.Object) Proxy {
	for _, w := range m.workloads.byNamespace[o.Namespace] {
		if w.pod() && w.endpoint.Workload == o.Name {
			return w.proxy()
		}
	}
	template := config.Spec[*config.Workload](o).Spec.Template
	labels := template.Metadata.Labels
	return Proxy{Labels: labels, Locality: localityLabel(labels), Network: labels[labelNetwork],
		ServiceAccount: template.Spec.ServiceAccountName}
}

// groupProxy is the proxy of a workload that a WorkloadGroup would register.
func groupProxy(o *config.Object) Proxy {
	template := config.Spec[*networking.WorkloadGroup](o).GetTemplate()
	return Proxy{Labels: WorkloadLabels(o), Locality: template.GetLocality(), Network: template.GetNetwork(),
		ServiceAccount: template.GetServiceAccount()}
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

// serviceProxy is the proxy of a gateway that is named by its Service: the first Pod which that selects, else a workload
// with the labels of its selector.
func (m *Mesh) serviceProxy(o *config.Object) (Proxy, bool) {
	selector := config.Spec[*config.Service](o).Spec.Selector
	if len(selector) == 0 {
		return Proxy{}, false
	}
	if pods := m.workloads.selected(o.Namespace, selector); len(pods) > 0 {
		return pods[0].proxy(), true
	}
	return Proxy{Labels: selector}, true
}
