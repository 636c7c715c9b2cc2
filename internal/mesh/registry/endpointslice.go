package registry

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/mesh/visibility"
	"sem.example/internal/source"
)

// The labels that ask for persistent sessions, which keep using an endpoint while it shuts down.
var sessionLabels = []string{"istio.io/persistent-session", "istio.io/persistent-session-header"}

func (s *Service) persistentSessions() bool {
	return slices.ContainsFunc(sessionLabels, func(l string) bool { return s.Labels[l] != "" })
}

// kubernetesEndpoints makes the endpoints of a Kubernetes Service: those of its EndpointSlices, or of what Kubernetes
// would make slices of, and the WorkloadEntries that the Service selects. Nobody is told of the slices of a Service whose
// annotation hides it from everybody, though a VirtualService of its namespace may name it; the default of the mesh does
// not hide them.
func (b *reader) kubernetesEndpoints(s *Service) []*Endpoint {
	if slices.Contains(s.ExportTo, visibility.Nowhere) {
		return b.workloadEndpoints(s)
	}
	return append(b.sliceEndpoints(s), b.workloadEndpoints(s)...)
}

// sliceEndpoints are those of a Service's EndpointSlices. Without any, an Endpoints object stands in, as Kubernetes
// would mirror it; without that, the Pods that the Service selects.
func (b *reader) sliceEndpoints(s *Service) []*Endpoint {
	id := objectID{s.Namespace, s.Name}
	var out []*Endpoint
	seen := map[endpointKey]bool{}
	take := func(list []*Endpoint) {
		for _, e := range list {
			if key := (endpointKey{e.Address, e.PortName}); !seen[key] {
				seen[key] = true
				out = append(out, e)
			}
		}
	}
	for _, o := range b.slices[id] {
		take(b.fromSlice(s, o))
	}
	if len(b.slices[id]) > 0 {
		return out
	}
	if o := b.store.Object("Endpoints", id.namespace, id.name); o != nil {
		take(b.fromEndpoints(s, o))
		return out
	}
	take(b.fromPods(s))
	return out
}

// An endpointKey tells endpoints of several slices apart.
type endpointKey struct{ address, port string }

func (b *reader) fromSlice(s *Service, o *config.Object) []*Endpoint {
	spec := config.Spec[*config.EndpointSlice](o)
	if spec == nil || spec.AddressType == "FQDN" {
		return nil
	}
	var out []*Endpoint
	for i, listed := range spec.Endpoints {
		health, ok := sliceHealth(s, listed)
		if !ok {
			continue
		}
		for j, address := range listed.Addresses {
			field := source.Index(source.Index("endpoints", i)+".addresses", j)
			out = append(out, b.atAddress(Endpoint{Address: address, Health: health, Object: o, Field: field},
				listed.TargetRef, spec.Ports)...)
		}
	}
	return out
}

// sliceHealth reads the conditions of an endpoint; the second result is false for one that is shutting down and gone.
func sliceHealth(s *Service, e config.SliceEndpoint) (Health, bool) {
	isTrue := func(p *bool) bool { return p == nil || *p }
	switch {
	case isTrue(e.Conditions.Ready):
		return Healthy, true
	case isTrue(e.Conditions.Terminating):
		return Draining, s.persistentSessions() && isTrue(e.Conditions.Serving)
	}
	return Unhealthy, true
}

func (b *reader) fromEndpoints(s *Service, o *config.Object) []*Endpoint {
	spec := config.Spec[*config.Endpoints](o)
	var out []*Endpoint
	for i, subset := range spec.Subsets {
		at := source.Index("subsets", i)
		for j, a := range subset.Addresses {
			e := Endpoint{Address: a.IP, Health: Healthy, Object: o, Field: source.Index(at+".addresses", j)}
			out = append(out, b.atAddress(e, a.TargetRef, subset.Ports)...)
		}
		for j, a := range subset.NotReadyAddresses {
			e := Endpoint{Address: a.IP, Health: Unhealthy, Object: o, Field: source.Index(at+".notReadyAddresses", j)}
			out = append(out, b.atAddress(e, a.TargetRef, subset.Ports)...)
		}
	}
	return out
}

// atAddress completes an endpoint with what is known of its Pod, and gives it each of the ports. A Pod that is named and
// missing makes no endpoint.
func (b *reader) atAddress(e Endpoint, ref *config.ObjectReference, ports []config.EndpointPort) []*Endpoint {
	pod, ok := b.podAt(e.Object.Namespace, e.Address, ref)
	if !ok {
		return nil
	}
	full := b.podEndpoint(pod)
	full.Address, full.Health, full.Object, full.Field = e.Address, e.Health, e.Object, e.Field
	full = b.onNetwork(full)
	out := make([]*Endpoint, 0, len(ports))
	for _, p := range ports {
		at := full
		at.PortName, at.Port = p.Name, p.Port
		out = append(out, &at)
	}
	return out
}

// podAt finds the Pod of an address: the one that is named, else one of the same namespace that has the address. The
// second result is false where the Pod that is named does not exist.
func (b *reader) podAt(namespace, address string, ref *config.ObjectReference) (*config.Object, bool) {
	if ref != nil && ref.Kind == "Pod" {
		return podOf(b.store, namespace, ref)
	}
	for _, o := range b.podsAt[address] {
		if o.Namespace == namespace {
			return o, true
		}
	}
	return nil, true
}

// podOf finds the Pod that an endpoint names; the second result is false where it names one that does not exist or failed.
func podOf(store *ConfigStore, namespace string, ref *config.ObjectReference) (*config.Object, bool) {
	if ref == nil || ref.Kind != "Pod" {
		return nil, true
	}
	o := store.Object("Pod", cmp.Or(ref.Namespace, namespace), ref.Name)
	return o, o != nil && config.Spec[*config.Pod](o).Status.Phase != "Failed"
}

// fromPods are the ready Pods that a Service selects.
func (b *reader) fromPods(s *Service) []*Endpoint {
	if len(s.Selector) == 0 || s.Resolution == Alias {
		return nil
	}
	var out []*Endpoint
	for _, w := range b.workloads.selected(s.Namespace, s.Selector) {
		if !w.pod() {
			continue
		}
		for _, p := range s.Ports {
			if number, ok := targetPort(config.Spec[*config.Pod](w.object).Spec, p); ok {
				e := w.endpoint
				e.PortName, e.Port, e.Health = p.Name, number, Healthy
				out = append(out, &e)
			}
		}
	}
	return out
}

// workloadEndpoints are the WorkloadEntries that a Service selects. A named target port must be one of the entry's; a
// numbered one gives way to the entry's port of the Service port's name.
func (b *reader) workloadEndpoints(s *Service) []*Endpoint {
	if len(s.Selector) == 0 || s.Resolution != ClientSide || s.External {
		return nil
	}
	var out []*Endpoint
	selected := b.workloads.selected(s.Namespace, s.Selector)
	for _, p := range s.Ports {
		for _, w := range selected {
			if w.pod() || w.byName() {
				continue
			}
			e := w.endpoint
			own := w.ports[cmp.Or(p.TargetPortName, p.Name)]
			if own == 0 && p.TargetPortName != "" {
				continue
			}
			e.PortName, e.Port = p.Name, cmp.Or(own, p.TargetPort, p.Number)
			out = append(out, &e)
		}
	}
	return out
}
