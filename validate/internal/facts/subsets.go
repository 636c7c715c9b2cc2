package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// Defining returns a DestinationRule, in force or not, that defines a subset of a host.
func (s *DestinationRules) Defining(host, subset string) *config.Object {
	for _, o := range s.Of(host) {
		for _, sub := range config.Spec[*networking.DestinationRule](o).GetSubsets() {
			if sub.GetName() == subset {
				return o
			}
		}
	}
	return nil
}

// EachMissingSubset calls do for every destination whose subset the rule in force (nil for none) lacks, with another rule
// that has it, if there is one.
func (s *DestinationRules) EachMissingSubset(do func(t Destination, svc *mesh.Service, rule *mesh.DestinationRule, elsewhere *config.Object)) {
	s.routes.EachWanted(func(t Destination, svc *mesh.Service) {
		if t.Subset == "" {
			return
		}
		rule := s.docs.Client(t.Object.Namespace).DestinationRule(svc)
		if rule.Subset(t.Subset) != nil {
			return
		}
		do(t, svc, rule, s.Defining(svc.Host, t.Subset))
	})
}

// EachSubset yields the subsets of rules that are for a single host, with its service.
func (s *DestinationRules) EachSubset(do func(at Place, sub *networking.Subset, svc *mesh.Service)) {
	for _, o := range s.docs.WantedObjects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		host := s.docs.FullHost(spec.GetHost(), o)
		if mesh.IsWildcard(host) {
			continue
		}
		svc := s.docs.Client(o.Namespace).Service(host)
		if svc == nil {
			continue
		}
		for i, sub := range spec.GetSubsets() {
			if sub != nil {
				do(At(o, "spec.subsets").Item(i), sub, svc)
			}
		}
	}
}
