package mesh

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
	typev1beta1 "istio.io/api/type/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// A DestinationRule is what DestinationRules of one host come to for one client.
type DestinationRule struct {
	Spec    *networking.DestinationRule
	Host    Written            // the rule that gave the policy
	Subsets map[string]Written // by name
	From    []*config.Object   // all that were merged, the oldest first
	Hidden  []Loser            // rules for this host that do not apply, with the reason
}

// A mergedRule is one or more DestinationRules of one host and namespace as istiod unites them.
type mergedRule struct {
	exportTo []string // as written
	spec     *networking.DestinationRule
	policy   *config.Object // that gave the policy; the first where none did
	subsets  map[string]Written
	from     []*config.Object
	lost     []Loser // policies and subsets that the merge left out
}

func newMergedRule(o *config.Object, spec *networking.DestinationRule, exportTo []string) *mergedRule {
	m := &mergedRule{exportTo: exportTo, spec: spec, policy: o, subsets: map[string]Written{}, from: []*config.Object{o}}
	for i, s := range spec.Subsets {
		if _, ok := m.subsets[s.Name]; !ok {
			m.subsets[s.Name] = Written{o, source.Index("spec.subsets", i)}
		}
	}
	return m
}

func (m *mergedRule) selector() *typev1beta1.WorkloadSelector { return m.spec.GetWorkloadSelector() }

func (m *mergedRule) namespace() string { return m.from[0].Namespace }

// absorb unites a younger rule of the same host: its subsets are added, and its policy where there is none yet.
func (m *mergedRule) absorb(o *config.Object, spec *networking.DestinationRule) {
	m.spec = proto.CloneOf(m.spec)
	m.subsets = maps.Clone(m.subsets)
	m.from = append(slices.Clip(m.from), o)
	for i, s := range spec.Subsets {
		at := Written{o, source.Index("spec.subsets", i)}
		if first, ok := m.subsets[s.Name]; ok {
			m.lost = append(m.lost, Loser{at.Object, at.Field, "an older rule, " + first.Object.Name + ", has a subset of this name"})
			continue
		}
		m.subsets[s.Name] = at
		m.spec.Subsets = append(m.spec.Subsets, s)
	}
	switch {
	case spec.TrafficPolicy == nil:
	case m.spec.TrafficPolicy == nil:
		m.spec.TrafficPolicy, m.policy = spec.TrafficPolicy, o
	default:
		m.lost = append(m.lost, Loser{o, "spec.trafficPolicy", "an older rule, " + m.policy.Name + ", gives the policy of this host"})
	}
}

// A ruleIndex holds the rules of one namespace by host.
type ruleIndex struct{ *hostIndex[[]*mergedRule] }

func newRuleIndex() *ruleIndex { return &ruleIndex{newHostIndex[[]*mergedRule]()} }

// add files a rule, merging it with older ones of the same host as istiod does: into those that are exported to the
// same namespaces, or to fewer. A rule that was merged stands alone besides only where the audience of the older is
// smaller and one of the two has a workload selector.
func (x *ruleIndex) add(o *config.Object, spec *networking.DestinationRule, exportTo []string) {
	older, _ := x.at(spec.Host)
	alone := true
	for _, m := range older {
		switch {
		case sameSet(exportTo, m.exportTo):
			alone = false
		case len(m.exportTo) > 0 && subset(m.exportTo, exportTo):
			alone = true
		default:
			alone = true
			continue
		}
		both := m.selector() != nil && spec.WorkloadSelector != nil
		if both && !maps.Equal(m.selector().MatchLabels, spec.WorkloadSelector.MatchLabels) {
			alone = true
			continue
		}
		if both || m.selector() == nil && spec.WorkloadSelector == nil {
			alone = false
		}
		m.absorb(o, spec)
	}
	if alone {
		x.put(spec.Host, append(older, newMergedRule(o, spec, exportTo)))
	}
}

// destinationRules are the DestinationRules of the mesh as clients look them up.
type destinationRules struct {
	local       map[string]*ruleIndex // by namespace, for clients of that namespace
	exported    map[string]*ruleIndex // by namespace, for clients of others
	rootPrivate *ruleIndex            // of the root namespace, exported to nobody else
	byHost      *hostIndex[[]*config.Object]
}

// destinationRules files all DestinationRules. Those with a workload selector come first, then the oldest; they are
// never exported.
func (b *builder) destinationRules() *destinationRules {
	d := &destinationRules{map[string]*ruleIndex{}, map[string]*ruleIndex{}, newRuleIndex(), newHostIndex[[]*config.Object]()}
	for _, selecting := range []bool{true, false} {
		for _, o := range b.objects["DestinationRule"] {
			spec := config.Spec[*networking.DestinationRule](o)
			if spec != nil && (spec.WorkloadSelector != nil) == selecting {
				b.fileRule(d, o, fullRule(o, spec, b.mesh.Settings.Domain))
			}
		}
	}
	return d
}

// fullRule returns the rule with its host completed.
func fullRule(o *config.Object, spec *networking.DestinationRule, domain string) *networking.DestinationRule {
	host := FullHost(spec.Host, o.Namespace, domain)
	if host == spec.Host {
		return spec
	}
	out := proto.CloneOf(spec)
	out.Host = host
	return out
}

func (b *builder) fileRule(d *destinationRules, o *config.Object, spec *networking.DestinationRule) {
	exportTo := ruleAudience(spec)
	all, _ := d.byHost.at(spec.Host)
	d.byHost.put(spec.Host, append(all, o))
	if usedAtHome(exportTo, o.Namespace) {
		rulesOf(d.local, o.Namespace).add(o, spec, exportTo)
	}
	switch {
	case !b.mesh.privateOnly(exportTo, o.Namespace):
		rulesOf(d.exported, o.Namespace).add(o, spec, exportTo)
	case o.Namespace == b.config().RootNamespace:
		d.rootPrivate.add(o, spec, exportTo)
	}
}

// ruleAudience is who a rule is exported to: one with a workload selector to its own namespace only.
func ruleAudience(spec *networking.DestinationRule) []string {
	if spec.WorkloadSelector != nil {
		return []string{ownOnly}
	}
	return spec.ExportTo
}

// usedAtHome says whether clients of a rule's own namespace look at it. The mesh's default does not matter to them.
func usedAtHome(exportTo []string, namespace string) bool {
	return len(exportTo) == 0 || slices.Contains(exportTo, everywhere) || includesHome(exportTo, namespace)
}

// usable says whether clients of another namespace may use a rule that is exported at all.
func usable(exportTo []string, client string) bool {
	return len(exportTo) == 0 || slices.Contains(exportTo, everywhere) || slices.Contains(exportTo, client)
}

func includesHome(exportTo []string, namespace string) bool {
	return slices.Contains(exportTo, ownOnly) || slices.Contains(exportTo, namespace)
}

// privateOnly says whether a rule is exported to its own namespace and no other. Of the mesh's default only "." and "*"
// are honoured.
func (m *Mesh) privateOnly(exportTo []string, namespace string) bool {
	if len(exportTo) == 0 {
		return slices.Contains(m.Settings.Config.DefaultDestinationRuleExportTo, ownOnly)
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
func (d *destinationRules) forClient(client, root string, s *Service) []*mergedRule {
	own := d.local[client]
	if client == root {
		own = d.rootPrivate
	}
	if own != nil {
		if found, ok := own.find(s.Host); ok {
			return found
		}
	}
	for _, ns := range []string{s.Namespace, root} {
		if list := d.exportedBy(ns, client, s.Host); len(list) > 0 {
			return list
		}
	}
	return nil
}

// exportedBy returns the rules of a namespace for a host that are exported to a client's namespace.
func (d *destinationRules) exportedBy(owner, client, host string) []*mergedRule {
	x := d.exported[owner]
	if x == nil {
		return nil
	}
	found, _ := x.find(host)
	return slices.DeleteFunc(slices.Clone(found), func(m *mergedRule) bool { return !usable(m.exportTo, client) })
}

// pick chooses among the rules in force for a host the one for a proxy: the first that selects its workload, else the
// last one that selects nothing in particular.
func pick(rules []*mergedRule, p Proxy) *mergedRule {
	var general *mergedRule
	for _, m := range rules {
		if m.selector() == nil {
			general = m
		} else if m.namespace() == p.Namespace && selects(m.selector().MatchLabels, p.Labels) {
			return m
		}
	}
	return general
}

// DestinationRule returns the rule in force for a service, or nil.
func (v *View) DestinationRule(s *Service) *DestinationRule {
	return v.rules.get(s.Host, func() *DestinationRule {
		seen := v.Service(s.Host)
		if seen == nil {
			seen = s
		}
		m := pick(v.scope.rules(seen), v.Proxy)
		if m == nil {
			return nil
		}
		return &DestinationRule{Spec: m.spec, Host: Written{m.policy, "spec"}, Subsets: m.subsets, From: m.from,
			Hidden: slices.Concat(m.lost, v.hiddenRules(seen, m))}
	})
}

// ServerRule returns the rule that counts for a service where the proxy itself serves it, or nil. Rules that select
// clients do not, and a service that the proxy does not see has none.
func (v *View) ServerRule(s *Service) *DestinationRule {
	seen := v.Service(s.Host)
	if seen == nil {
		return nil
	}
	m := pick(v.scope.rules(seen), Proxy{})
	if m == nil {
		return nil
	}
	return &DestinationRule{Spec: m.spec, Host: Written{m.policy, "spec"}, Subsets: m.subsets, From: m.from, Hidden: m.lost}
}

// ruleVisible says whether exportTo lets clients of a namespace use a rule.
func (m *Mesh) ruleVisible(o *config.Object, client string) bool {
	spec := config.Spec[*networking.DestinationRule](o)
	exportTo := ruleAudience(spec)
	if o.Namespace == client {
		return usedAtHome(exportTo, client)
	}
	return !m.privateOnly(exportTo, o.Namespace) && usable(exportTo, client)
}
