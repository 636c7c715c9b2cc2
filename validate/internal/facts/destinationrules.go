package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// DestinationRules knows which rule acts for a host and what it sets.
type DestinationRules struct {
	docs   *Documents
	hosts  *Hosts
	routes *Routes

	wantedPorts lazy[[]PortTLS] // of what findings are wanted about
	*ruleIndexes
}

// ruleIndexes are what does not depend on the documents that findings are wanted about.
type ruleIndexes struct {
	byHost    lazy[map[string][]*config.Object]
	wildcards lazy[map[string]map[string]*config.Object] // by namespace and host
	encrypted lazy[map[hostPort]bool]
	ports     lazy[[]PortTLS] // of everything
}

// Of returns the DestinationRules of precisely this host, in force or not, the oldest first.
func (s *DestinationRules) Of(host string) []*config.Object {
	return s.byHost.get(func() map[string][]*config.Object {
		rules := map[string][]*config.Object{}
		for _, o := range s.docs.Mesh.Objects("DestinationRule") {
			host := s.docs.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)
			rules[host] = append(rules[host], o)
		}
		return rules
	})[host]
}

// FirstIn returns the oldest DestinationRule of a host in a namespace.
func (s *DestinationRules) FirstIn(namespace, host string) *config.Object {
	for _, o := range s.Of(host) {
		if o.Namespace == namespace {
			return o
		}
	}
	return nil
}

// ServicesOf returns the services that a rule is in force for, as a client of a namespace sees them.
func (s *DestinationRules) ServicesOf(o *config.Object, namespace string) []*mesh.Service {
	view := s.docs.Client(namespace)
	host := s.docs.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)
	var found []*mesh.Service
	for _, svc := range s.hosts.Matching(host) {
		seen := view.Service(svc.Host)
		if seen == nil {
			continue
		}
		if rule := view.DestinationRule(seen); rule != nil && rule.Object == o {
			found = append(found, seen)
		}
	}
	return found
}

// Wildcards returns the DestinationRules of a namespace that are for a wildcard host and for all clients, by host.
func (s *DestinationRules) Wildcards(namespace string) map[string]*config.Object {
	return s.wildcards.get(func() map[string]map[string]*config.Object {
		wild := map[string]map[string]*config.Object{}
		for _, o := range s.docs.Mesh.Objects("DestinationRule") {
			spec := config.Spec[*networking.DestinationRule](o)
			if mesh.IsWildcard(spec.GetHost()) && spec.GetWorkloadSelector() == nil {
				if wild[o.Namespace] == nil {
					wild[o.Namespace] = map[string]*config.Object{}
				}
				wild[o.Namespace][spec.GetHost()] = o
			}
		}
		return wild
	})[namespace]
}

// ClosestWildcard returns what is filed under the closest wildcard above a host.
func ClosestWildcard[T any](wild map[string]T, host string) (found T) {
	for rest := strings.TrimPrefix(host, "*."); ; {
		_, parent, ok := strings.Cut(rest, ".")
		if !ok {
			return found
		}
		if w, ok := wild["*."+parent]; ok {
			return w
		}
		rest = parent
	}
}

// NotExported reports whether it is only its exportTo that keeps a rule of the service's namespace from clients of another.
func NotExported(rule *config.Object, svc *mesh.Service, namespace string) bool {
	to := config.Spec[*networking.DestinationRule](rule).GetExportTo()
	return rule.Namespace == svc.Namespace && len(to) > 0 && rule.Namespace != namespace && !slices.Contains(to, "*") && !slices.Contains(to, namespace)
}
