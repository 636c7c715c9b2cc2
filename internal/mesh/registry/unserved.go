package registry

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// HiddenEndpoints returns what might serve a port of a service and does not, with the reason: addresses that the
// service's resolution cannot use, workloads that are not ready, and ports of another name.
func (r *Registry) HiddenEndpoints(s *Service, port *Port) []config.Ignored {
	u := unserved{registry: r, service: s, port: port}
	if s.Kubernetes() {
		u.slices()
	} else {
		u.listed()
	}
	u.selected()
	return u.found
}

// unserved collects what does not serve a port of a service.
type unserved struct {
	registry *Registry
	service  *Service
	port     *Port
	found    []config.Ignored
}

func (u *unserved) lose(o *config.Object, field, reason string) {
	u.found = append(u.found, config.Ignored{Object: o, Field: field, Reason: reason})
}

// slices looks at the EndpointSlices of a Kubernetes Service.
func (u *unserved) slices() {
	for _, o := range u.registry.slices[objectID{u.service.Namespace, u.service.Name}] {
		spec := config.Spec[*config.EndpointSlice](o)
		named := func(p config.EndpointPort) bool { return p.Name == u.port.Name }
		switch {
		case spec == nil:
		case spec.AddressType == "FQDN":
			u.lose(o, "addressType", "EndpointSlices of names are not used")
		case !slices.ContainsFunc(spec.Ports, named):
			u.lose(o, "ports", "it has no port named "+u.port.Name)
		default:
			u.sliceEndpoints(o, spec)
		}
	}
}

func (u *unserved) sliceEndpoints(o *config.Object, spec *config.EndpointSlice) {
	for i, e := range spec.Endpoints {
		at := source.Index("endpoints", i)
		if _, ok := sliceHealth(u.service, e); !ok {
			u.lose(o, at, "it is shutting down")
			continue
		}
		if _, ok := podOf(u.registry.ConfigStore, o.Namespace, e.TargetRef); !ok {
			u.lose(o, at, "its Pod "+e.TargetRef.Name+" does not exist, or failed")
		}
	}
}

// listed looks at the endpoints that a ServiceEntry lists.
func (u *unserved) listed() {
	spec := config.Spec[*networking.ServiceEntry](u.service.Object)
	for i, e := range spec.GetEndpoints() {
		at := source.Index("spec.endpoints", i)
		switch name := !isIP(e.GetAddress()) && !(&Endpoint{Address: e.GetAddress()}).IsUnix(); {
		case u.service.Resolution == OriginalDst:
			u.lose(u.service.Object, at, "resolution NONE sends to the address that the application connected to")
		case name && !u.service.Resolution.IsDNS():
			u.lose(u.service.Object, at, e.GetAddress()+" is a name, which only resolution DNS can use")
		case i > 0 && u.service.Resolution == DNSRoundRobin:
			u.lose(u.service.Object, at, "resolution DNS_ROUND_ROBIN uses the first endpoint only")
		}
	}
}

// selected looks at the workloads that the service's selector picks.
func (u *unserved) selected() {
	if len(u.service.Selector) == 0 {
		return
	}
	selected := u.registry.Selected(u.service.Namespace, u.service.Selector)
	hasPods := slices.ContainsFunc(selected, func(o *config.Object) bool { return o.Kind == "Pod" })
	for _, o := range selected {
		if reason := u.whyIdle(o, hasPods); reason != "" {
			u.lose(o, "", reason)
		}
	}
}

// whyIdle returns why a selected workload does not serve the port; "" where it does, or an EndpointSlice decides. Of what
// makes Pods nothing is said where the input has Pods.
func (u *unserved) whyIdle(o *config.Object, hasPods bool) string {
	switch spec := o.Spec.(type) {
	case *config.Pod:
		if !podReady(spec) {
			return "the Pod has no address, is shutting down, or is not ready"
		}
		if _, ok := targetPort(spec.Spec, u.port); !ok {
			return "no container has a port named " + u.port.TargetPortName
		}
	case *networking.WorkloadEntry:
		switch {
		case !healthy(o):
			return "its health checks have not succeeded"
		case !isIP(spec.Address) && !u.service.Resolution.IsDNS():
			return spec.Address + " is a name, which only resolution DNS can use"
		case u.service.Kubernetes() && u.port.TargetPortName != "" && spec.Ports[u.port.TargetPortName] == 0:
			return "it has no port named " + u.port.TargetPortName
		}
	case *config.Workload:
		if !hasPods {
			return "its Pods are not in the input"
		}
	}
	return ""
}
