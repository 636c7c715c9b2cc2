package trafficpolicy

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Rule is what the DestinationRules of one host come to for a client. Rules are immutable; a nil Rule sets nothing.
type Rule struct {
	Host     string         // completed; may be a wildcard
	Name     string         // of the DestinationRule, of which istiod makes one for the policies that are attached to a host
	Object   *config.Object // whose policy is that of the host
	Policy   *Policy        // of the host; nil where no rule has one
	Subsets  []Subset
	Selector *Selector        // of the clients that the rule is for; nil for all
	Yields   bool             // to DestinationRules of the host, block by block: policies that are attached to it do
	From     []*config.Object // all rules that were merged, the oldest first
	HostAt   config.Place     // where the host is written
	Ignored  []config.Ignored // rules of the host that do not apply, and what the merge left out
}

// A Subset is a part of the endpoints of a host.
type Subset struct {
	Name   string
	Labels map[string]string // that the endpoints have
	Policy *Policy           // nil where it has none
	At     config.Place
}

// A Selector selects the workloads that have labels.
type Selector struct{ Labels map[string]string }

// ReadRule reads a DestinationRule, whose host is given in its full form.
func ReadRule(o *config.Object, spec *networking.DestinationRule, host string) *Rule {
	at := func(field string) config.Place { return config.Place{Object: o, Field: field} }
	out := &Rule{
		Host: host, HostAt: at("spec.host"), Name: o.Name, Object: o, From: []*config.Object{o},
		Policy: ReadPolicy(spec.TrafficPolicy, at("spec"), "trafficPolicy"),
	}
	if spec.WorkloadSelector != nil {
		out.Selector = &Selector{spec.WorkloadSelector.MatchLabels}
	}
	out.Subsets = make([]Subset, len(spec.Subsets))
	for i, s := range spec.Subsets {
		field := at("spec.subsets").Index(i)
		out.Subsets[i] = Subset{Name: s.Name, Labels: s.Labels, Policy: ReadPolicy(s.TrafficPolicy, field, "trafficPolicy"), At: field}
	}
	return out
}

// Merge returns the rule united with a younger one of the same host: its subsets are added, and its policy where there is
// none yet, or where the older one yields.
func (r *Rule) Merge(younger *Rule) *Rule {
	out := *r
	out.From = append(slices.Clip(r.From), younger.From...)
	out.Subsets, out.Ignored = slices.Clip(r.Subsets), slices.Clip(r.Ignored)
	for _, s := range younger.Subsets {
		if first := out.Subset(s.Name); first != nil {
			out.Ignored = append(out.Ignored, s.At.Ignore("the older DestinationRule "+first.At.Object.Name+" has a subset of this name"))
		} else {
			out.Subsets = append(out.Subsets, s)
		}
	}
	switch {
	case younger.Policy == nil:
	case r.Policy == nil:
		out.Policy, out.Object = younger.Policy, younger.Object
	case r.Yields && !younger.Yields:
		out.Policy, out.Object = younger.Policy.fill(r.Policy, &out.Ignored), younger.Object
	default:
		out.Ignored = append(out.Ignored, younger.Policy.At.Ignore("the older "+r.Object.KindName()+" "+r.Object.Name+" sets the policy of this host"))
	}
	return &out
}

// Namespace is that of the rules.
func (r *Rule) Namespace() string { return r.From[0].Namespace }

// At names a field of the object that gives the policy of the host.
func (r *Rule) At(field string) config.Place {
	return config.Place{Object: r.Object, Field: field}
}

// Subset returns the subset of a name, or nil. The empty name is not a subset; of several of one name the first counts.
func (r *Rule) Subset(name string) *Subset {
	if r == nil || name == "" {
		return nil
	}
	for i := range r.Subsets {
		if r.Subsets[i].Name == name {
			return &r.Subsets[i]
		}
	}
	return nil
}

// SubsetPolicy returns the policy of a subset, or nil.
func (r *Rule) SubsetPolicy(name string) *Policy {
	if s := r.Subset(name); s != nil {
		return s.Policy
	}
	return nil
}

// HostPolicy returns the policy of the host, or nil.
func (r *Rule) HostPolicy() *Policy {
	if r == nil {
		return nil
	}
	return r.Policy
}

// AllSubsets returns all subsets.
func (r *Rule) AllSubsets() []Subset {
	if r == nil {
		return nil
	}
	return r.Subsets
}

// Policies returns all policies that the rule writes: of the host, of subsets, and for ports of either.
func (r *Rule) Policies() []*Policy {
	var out []*Policy
	add := func(p *Policy) {
		if p == nil {
			return
		}
		out = append(out, p)
		for i := range p.Ports {
			out = append(out, &p.Ports[i].Policy)
		}
	}
	add(r.HostPolicy())
	for _, s := range r.AllSubsets() {
		add(s.Policy)
	}
	return out
}

// For returns what the rule sets for a port of a subset, or of the host where the subset is "".
func (r *Rule) For(port uint32, subset string) *Effective {
	e := &Effective{}
	e.Apply(r, port, subset)
	return e
}
