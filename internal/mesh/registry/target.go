package registry

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
)

// Targets returns what the workload of a proxy serves, in istiod's order: by the age and host of the service.
func (r *Registry) Targets(p Proxy) []ServiceTarget {
	out := append(r.kubernetesTargets(p), r.entryTargets(p)...)
	slices.SortStableFunc(out, func(a, b ServiceTarget) int {
		return cmp.Or(compareAge(a.Service, b.Service), cmp.Compare(a.Service.Host, b.Service.Host))
	})
	return out
}

// kubernetesTargets are the ports of the Kubernetes Services that select the proxy's workload.
func (r *Registry) kubernetesTargets(p Proxy) []ServiceTarget {
	if w := r.entryAt(p); w != nil {
		return r.workloadTargets(w)
	}
	containers := r.containersOf(p)
	var out []ServiceTarget
	for _, s := range r.kubernetes[p.Namespace] {
		if picks(s.Selector, p.Labels) {
			out = append(out, podTargets(s, containers)...)
		}
	}
	if len(out) == 0 && r.Object("Pod", p.Namespace, p.Name) != nil {
		return r.listedTargets(p)
	}
	return out
}

// podTargets are a Service's ports at a Pod of which the containers are known, or nil. Of two ports that lead to the
// same port and protocol the first counts.
func podTargets(s *Service, pod *config.PodSpec) []ServiceTarget {
	var out []ServiceTarget
	for _, p := range s.Ports {
		number := cmp.Or(p.TargetPort, p.Number)
		if pod != nil {
			n, ok := targetPort(*pod, p)
			if !ok {
				continue
			}
			number = n
		}
		taken := func(t ServiceTarget) bool { return t.Number == number && t.Port.Protocol == p.Protocol }
		if !slices.ContainsFunc(out, taken) {
			out = append(out, ServiceTarget{s, p, number})
		}
	}
	return out
}

// listedTargets are the ports of Services without a selector whose EndpointSlices list the proxy's address.
func (r *Registry) listedTargets(p Proxy) []ServiceTarget {
	var out []ServiceTarget
	if len(p.IPs) == 0 {
		return nil
	}
	address := p.IPs[0].String()
	for _, s := range r.kubernetes[p.Namespace] {
		for _, e := range r.endpoints[s.id()] {
			if p := s.PortNamed(e.PortName); p != nil && e.ServicePort == 0 && e.Address == address {
				out = append(out, ServiceTarget{s, p, e.Port})
			}
		}
	}
	return out
}

// workloadTargets are the ports of the Services that select a WorkloadEntry.
func (r *Registry) workloadTargets(w *workload) []ServiceTarget {
	var out []ServiceTarget
	for _, s := range r.kubernetes[w.object.Namespace] {
		if s.Resolution != ClientSide || !picks(s.Selector, w.endpoint.Labels) {
			continue
		}
		for _, p := range s.Ports {
			own := w.ports[cmp.Or(p.TargetPortName, p.Name)]
			if p.Protocol != UDP && (own > 0 || p.TargetPortName == "") {
				out = append(out, ServiceTarget{s, p, cmp.Or(own, p.TargetPort, p.Number)})
			}
		}
	}
	return out
}

// entryTargets are the ports of ServiceEntries of the proxy's namespace that list or select one of its addresses.
func (r *Registry) entryTargets(p Proxy) []ServiceTarget {
	var out []ServiceTarget
	for _, ip := range p.IPs {
		out = append(out, r.entryTargetsAt(ip.String(), p.Namespace)...)
	}
	return out
}

// entryAt finds the WorkloadEntry of a proxy by its first address: of several the one of the proxy's name, else of its
// namespace, else the first by namespace and name.
func (r *Registry) entryAt(p Proxy) *workload {
	if len(p.IPs) == 0 {
		return nil
	}
	list := slices.DeleteFunc(slices.Clone(r.workloads.byAddress[p.IPs[0].String()]), func(w *workload) bool {
		return w.pod() || len(w.endpoint.Labels) == 0
	})
	for _, better := range []func(w *workload) bool{
		func(w *workload) bool { return w.object.Namespace == p.Namespace && w.object.Name == p.Name },
		func(w *workload) bool { return w.object.Namespace == p.Namespace },
	} {
		if i := slices.IndexFunc(list, better); i >= 0 {
			return list[i]
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return nil
}

// containersOf finds the containers beside a proxy: of the Pod or Deployment of its name, else of a Pod at one of its
// addresses; nil where the input has none.
func (r *Registry) containersOf(p Proxy) *config.PodSpec {
	if o := r.Object("Pod", p.Namespace, p.Name); o != nil {
		return &config.Spec[*config.Pod](o).Spec
	}
	if o := r.templateOf(p); o != nil {
		return &config.Spec[*config.Workload](o).Spec.Template.Spec
	}
	for _, ip := range p.IPs {
		for _, o := range r.podsAt[ip.String()] {
			if o.Namespace == p.Namespace {
				return &config.Spec[*config.Pod](o).Spec
			}
		}
	}
	return nil
}
