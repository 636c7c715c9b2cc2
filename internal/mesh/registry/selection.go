package registry

import (
	"fmt"
	"slices"

	networking "istio.io/api/networking/v1alpha3"
)

// A selection is a list of endpoints with the services of ServiceEntries that have just these: many entries may select the same
// workloads, and then share what is made of them.
type selection struct {
	endpoints []*Endpoint
	services  []positionedService
}

// A positionedService is a service and its position among all of the mesh.
type positionedService struct {
	*Service
	position int
}

// selectionOf returns the selection of an entry's service, which is one that an earlier entry has already where both select the same
// workloads on the same ports. The hosts of one entry share the endpoints that it lists.
func (r *reader) selectionOf(s *Service) *selection {
	var key string
	switch {
	case len(s.Selector) > 0:
		key = fmt.Sprint(s.Namespace, s.Selector, s.Resolution.IsDNS()) // maps are printed by key
	case listsEndpoints(s):
		key = fmt.Sprintf("listed by %p", s.Object)
	default:
		return &selection{endpoints: r.entryEndpoints(s)}
	}
	for _, p := range s.Ports {
		key += fmt.Sprintf(" %q %d %d", p.Name, p.Number, p.TargetPort)
	}
	if r.selections[key] == nil {
		r.selections[key] = &selection{endpoints: r.entryEndpoints(s)}
	}
	return r.selections[key]
}

func listsEndpoints(s *Service) bool {
	spec, ok := s.Object.Spec.(*networking.ServiceEntry)
	return ok && spec.WorkloadSelector == nil && len(spec.Endpoints) > 0
}

// entryTargetsAt returns the ports of ServiceEntries of a namespace at an address, in the order of the services.
func (r *Registry) entryTargetsAt(address, namespace string) []ServiceTarget {
	type positionedTarget struct {
		ServiceTarget
		position int
	}
	var found []positionedTarget
	for _, selection := range r.selectionsAt[address] {
		for _, s := range selection.services {
			if s.Namespace != namespace {
				continue
			}
			for _, e := range selection.endpoints {
				if p := s.Port(e.ServicePort); e.Address == address && p != nil {
					found = append(found, positionedTarget{ServiceTarget{s.Service, p, e.Port}, s.position})
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b positionedTarget) int { return a.position - b.position })
	targets := make([]ServiceTarget, len(found))
	for i, t := range found {
		targets[i] = t.ServiceTarget
	}
	return targets
}
