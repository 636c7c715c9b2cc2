package mesh

import (
	"maps"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/internal/mesh/visibility"
)

// A DestinationRule is what the DestinationRules of one host come to for one client.
type DestinationRule = trafficpolicy.Rule

// A filedRule is one or more DestinationRules of one host and namespace as istiod unites them.
type filedRule struct {
	exportTo []string // as written
	*trafficpolicy.Rule
}

// A ruleIndex holds the rules of one namespace by host.
type ruleIndex struct{ *hostIndex[[]*filedRule] }

func newRuleIndex() *ruleIndex { return &ruleIndex{newHostIndex[[]*filedRule]()} }

// add files a rule, merging it with older ones of the same host as istiod does: into those that are exported to the
// same namespaces, or to fewer. A merged rule also stays alone only where the audience of the older is
// smaller and one of the two has a workload selector.
func (x *ruleIndex) add(r *trafficpolicy.Rule, exportTo []string) {
	older, _ := x.at(r.Host)
	alone := true
	for _, m := range older {
		switch {
		case visibility.Same(exportTo, m.exportTo):
			alone = false
		case len(m.exportTo) > 0 && visibility.Subset(m.exportTo, exportTo):
			alone = true
		default:
			alone = true
			continue
		}
		both := m.Selector != nil && r.Selector != nil
		if both && !maps.Equal(m.Selector.Labels, r.Selector.Labels) {
			alone = true
			continue
		}
		if both || m.Selector == nil && r.Selector == nil {
			alone = false
		}
		m.Rule = m.Merge(r)
	}
	if alone {
		x.put(r.Host, append(older, &filedRule{exportTo, r}))
	}
}

// destinationRules are the DestinationRules of the mesh as clients look them up.
type destinationRules struct {
	local       map[string]*ruleIndex             // by namespace, for clients of that namespace
	exported    map[string]*ruleIndex             // by namespace, for clients of others
	rootPrivate *ruleIndex                        // of the root namespace, exported to nobody else
	byHost      *hostIndex[[]*trafficpolicy.Rule] // as written, before they are merged
}

// readDestinationRules files all DestinationRules. Those with a workload selector come first and are never exported; then what
// istiod makes of the policies that are attached to hosts; then the oldest.
func readDestinationRules(r *registry.Registry, attached []*trafficpolicy.Rule) *destinationRules {
	d := &destinationRules{map[string]*ruleIndex{}, map[string]*ruleIndex{}, newRuleIndex(), newHostIndex[[]*trafficpolicy.Rule]()}
	for _, selecting := range []bool{true, false} {
		if !selecting {
			for _, rule := range attached {
				d.file(rule, nil, r.Settings)
			}
		}
		for _, o := range r.Objects("DestinationRule") {
			spec := config.Spec[*networking.DestinationRule](o)
			if spec != nil && (spec.WorkloadSelector != nil) == selecting {
				d.file(trafficpolicy.ReadRule(o, spec, FullHost(spec.Host, o.Namespace, r.Settings.Domain)), ruleAudience(spec), r.Settings)
			}
		}
	}
	return d
}

func (d *destinationRules) file(r *trafficpolicy.Rule, exportTo []string, settings Settings) {
	all, _ := d.byHost.at(r.Host)
	d.byHost.put(r.Host, append(all, r))
	namespace := r.Namespace()
	if usedAtHome(exportTo, namespace) {
		rulesOf(d.local, namespace).add(r, exportTo)
	}
	switch {
	case !privateOnly(exportTo, namespace, settings):
		rulesOf(d.exported, namespace).add(r, exportTo)
	case namespace == settings.Config.RootNamespace:
		d.rootPrivate.add(r, exportTo)
	}
}

// ruleAudience is who a rule is exported to: one with a workload selector to its own namespace only. What istiod makes of policies
// that are attached to a host names nobody.
func ruleAudience(spec *networking.DestinationRule) []string {
	if spec.GetWorkloadSelector() != nil {
		return []string{visibility.OwnOnly}
	}
	return spec.GetExportTo()
}

// usedAtHome reports whether clients of a rule's own namespace look at it. The mesh's default does not matter to them.
func usedAtHome(exportTo []string, namespace string) bool {
	return len(exportTo) == 0 || slices.Contains(exportTo, visibility.Everywhere) || includesHome(exportTo, namespace)
}

// usable reports whether clients of another namespace may use a rule that is exported at all.
func usable(exportTo []string, client string) bool {
	return len(exportTo) == 0 || slices.Contains(exportTo, visibility.Everywhere) || slices.Contains(exportTo, client)
}

func includesHome(exportTo []string, namespace string) bool {
	return slices.Contains(exportTo, visibility.OwnOnly) || slices.Contains(exportTo, namespace)
}

// privateOnly reports whether a rule is exported to its own namespace and no other. Of the mesh's default only "." and "*"
// are honoured.
func privateOnly(exportTo []string, namespace string, settings Settings) bool {
	if len(exportTo) == 0 {
		return slices.Contains(settings.Config.DefaultDestinationRuleExportTo, visibility.OwnOnly)
	}
	return len(exportTo) == 1 && includesHome(exportTo, namespace)
}

func rulesOf(m map[string]*ruleIndex, namespace string) *ruleIndex {
	if m[namespace] == nil {
		m[namespace] = newRuleIndex()
	}
	return m[namespace]
}

// forClient returns the merged rules that decide for a service as clients of a namespace see it. The first namespace
// that has a rule for the host ends the search: the client's, then the service's, then the root namespace.
func (d *destinationRules) forClient(client, root string, s hostAndNamespace) []*filedRule {
	own := d.local[client]
	if client == root {
		own = d.rootPrivate
	}
	if own != nil {
		if found, ok := own.find(s.host); ok {
			return found
		}
	}
	for _, ns := range []string{s.namespace, root} {
		if list := d.exportedBy(ns, client, s.host); len(list) > 0 {
			return list
		}
	}
	return nil
}

// cover reports whether some rule covers a host.
func (d *destinationRules) cover(host string) bool {
	for range d.byHost.covering(host) {
		return true
	}
	return false
}

// exportedBy returns the rules of a namespace for a host that are exported to a client's namespace.
func (d *destinationRules) exportedBy(owner, client, host string) []*filedRule {
	x := d.exported[owner]
	if x == nil {
		return nil
	}
	found, _ := x.find(host)
	return slices.DeleteFunc(slices.Clone(found), func(m *filedRule) bool { return !usable(m.exportTo, client) })
}

// pick chooses among the rules in force for a host the one for a proxy: the first that selects its workload, else the
// last one that selects nothing in particular.
func pick(rules []*filedRule, selects func(*filedRule) bool) *filedRule {
	var general *filedRule
	for _, m := range rules {
		if m.Selector == nil {
			general = m
		} else if selects(m) {
			return m
		}
	}
	return general
}

// ruleVisible reports whether exportTo lets clients of a namespace use a rule.
func ruleVisible(o *config.Object, client string, settings Settings) bool {
	spec := config.Spec[*networking.DestinationRule](o)
	exportTo := ruleAudience(spec)
	if o.Namespace == client {
		return usedAtHome(exportTo, client)
	}
	return !privateOnly(exportTo, o.Namespace, settings) && usable(exportTo, client)
}
