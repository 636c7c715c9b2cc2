package registry

import (
	"net/netip"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/lazy"
)

// Proxy completes what is asked of a proxy with what the input knows of the workload of its name: a Pod, what makes
// Pods from a template, a WorkloadEntry or WorkloadGroup; for a gateway also a Service, whose selector gives the labels.
// What is asked wins. The second result is false where the input has no such workload.
func (r *Registry) Proxy(asked Proxy) (Proxy, bool) {
	known, found := r.workloadOf(asked)
	if found {
		asked = asked.or(known)
	}
	return asked, found
}

// workloadOf finds what the input knows of the workload of a proxy's name.
func (r *Registry) workloadOf(p Proxy) (Proxy, bool) {
	for _, w := range r.workloads.byNamespace[p.Namespace] {
		if w.object.Name == p.Name {
			return w.proxy(), true
		}
	}
	if o := r.Object("Pod", p.Namespace, p.Name); o != nil {
		p := podProxy(o)
		p.Locality = localityLabel(o.Labels, r.Settings.Release)
		return p, true
	}
	if o := r.templateOf(p); o != nil {
		return r.templateProxy(o), true
	}
	if o := r.Object("WorkloadGroup", p.Namespace, p.Name); o != nil {
		return groupProxy(o), true
	}
	if o := r.Object("Service", p.Namespace, p.Name); o != nil && p.Type == Gateway {
		return r.serviceProxy(o)
	}
	return Proxy{}, false
}

// templateOf finds what makes the Pods of a proxy's name from a template, or nil.
func (r *Registry) templateOf(p Proxy) *config.Object {
	for _, kind := range r.templated {
		if o := r.Object(kind, p.Namespace, p.Name); o != nil {
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
		p.IPs, p.ServiceAccount, p.Metadata, p.Version = pod.IPs, pod.ServiceAccount, pod.Metadata, pod.Version
	} else {
		p.ServiceAccount = config.Spec[*networking.WorkloadEntry](w.object).ServiceAccount
	}
	return p
}

// podProxy is the proxy of a Pod as its document alone tells.
func podProxy(o *config.Object) Proxy {
	pod := config.Spec[*config.Pod](o)
	p := Proxy{Labels: o.Labels, Network: o.Labels[labelNetwork],
		ServiceAccount: pod.Spec.ServiceAccountName, Node: pod.Spec.NodeName, Version: proxyVersion(pod.Spec)}
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
	return p.withInterception(o.Annotations)
}

// proxyVersion is the version that the proxy of a Pod reports, by the tag of its image; "" where that names none.
func proxyVersion(pod config.PodSpec) string {
	for _, c := range slices.Concat(pod.Containers, pod.InitContainers) {
		if c.Name == "istio-proxy" {
			return version().FindString(c.Tag())
		}
	}
	return ""
}

// version is the version at the beginning of a tag such as 1.30.3-distroless.
var version = lazy.Regexp(`^1\.[0-9]+\.[0-9]+`)

// templateProxy is the proxy of the Pods that a Deployment or the like makes: that of the first one which is known,
// else what the template tells.
func (r *Registry) templateProxy(o *config.Object) Proxy {
	for _, w := range r.workloads.byNamespace[o.Namespace] {
		if w.pod() && w.endpoint.Workload == o.Name {
			return w.proxy()
		}
	}
	template := config.Spec[*config.Workload](o).Spec.Template
	labels := template.Metadata.Labels
	p := Proxy{Labels: labels, Locality: localityLabel(labels, r.Settings.Release), Network: labels[labelNetwork],
		ServiceAccount: template.Spec.ServiceAccountName, Version: proxyVersion(template.Spec)}
	return p.withInterception(template.Metadata.Annotations)
}

// groupProxy is the proxy of a workload that a WorkloadGroup would register.
func groupProxy(o *config.Object) Proxy {
	template := config.Spec[*networking.WorkloadGroup](o).GetTemplate()
	return Proxy{Labels: WorkloadLabels(o), Locality: template.GetLocality(), Network: template.GetNetwork(),
		ServiceAccount: template.GetServiceAccount()}
}

// serviceProxy is the proxy of a gateway that is named by its Service: the first Pod which that selects, else a workload
// with the labels of its selector.
func (r *Registry) serviceProxy(o *config.Object) (Proxy, bool) {
	selector := config.Spec[*config.Service](o).Spec.Selector
	if len(selector) == 0 {
		return Proxy{}, false
	}
	if pods := r.workloads.selected(o.Namespace, selector); len(pods) > 0 {
		return pods[0].proxy(), true
	}
	return Proxy{Labels: selector}, true
}
