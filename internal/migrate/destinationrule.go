package migrate

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// destinationRules writes the TLS of DestinationRules as BackendTLSPolicies, where these mean the same, and says what stays.
func (c *converter) destinationRules() {
	for _, o := range c.mesh.Objects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		if spec == nil {
			continue
		}
		rest := proto.Clone(spec).(*networking.DestinationRule)
		s := c.splitter(o, spec.GetHost())
		s.split(rest.GetTrafficPolicy(), config.At(o, "spec.trafficPolicy"))
		tidy(rest)
		if len(s.policies) > 0 && !onlyHost(rest) && !c.mesh.Settings.Release.Has(release.BackendPolicyMerge) {
			s.keep(eitherOr)
			rest = spec
		}
		if c.writePolicies(s, false); len(s.policies) > 0 {
			c.plan.Replaced[o.Doc] = true
			if !onlyHost(rest) {
				c.add(istioVersion, "DestinationRule", o.Namespace, o.Name, nodeOf(rest), o)
			}
		}
		c.staying(o, rest)
	}
}

// eitherOr is why TLS stays where istiod does not join a BackendTLSPolicy with a DestinationRule.
const eitherOr = "this release of Istio uses either a BackendTLSPolicy or the DestinationRule of a host, not both"

// tidy leaves out what a DestinationRule says nothing with.
func tidy(rule *networking.DestinationRule) {
	if proto.Size(rule.GetTrafficPolicy()) == 0 {
		rule.TrafficPolicy = nil
	}
}

// onlyHost reports whether a DestinationRule sets nothing.
func onlyHost(rule *networking.DestinationRule) bool {
	return proto.Equal(rule, &networking.DestinationRule{Host: rule.GetHost()})
}

// noCounterpart says of blocks of a traffic policy why no resource of the Gateway API sets the same.
var noCounterpart = map[protoreflect.Name]string{
	"load_balancer":     "the Gateway API does not choose how requests are spread over endpoints",
	"connection_pool":   "the Gateway API has no limits on connections and requests",
	"outlier_detection": "the Gateway API ejects no endpoints",
	"tunnel":            "the Gateway API has no tunnels",
	"proxy_protocol":    "the Gateway API does not send the PROXY protocol",
	"retry_budget":      "it is part of XBackendTrafficPolicy, which is experimental",
}

// staying remarks on the fields of a DestinationRule that stay in it: Istio applies them whatever routes a request.
func (c *converter) staying(o *config.Object, rest *networking.DestinationRule) {
	stays := func(at config.Place, what, why string) {
		if o.Doc != nil && o.Doc.Lookup(at.Field) != nil {
			c.remark(Kept, at, what+" stays in the DestinationRule, and applies to requests to "+rest.GetHost()+" by routes too: "+why)
		}
	}
	blocks := func(m proto.Message, at config.Place) {
		m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			if why := noCounterpart[f.Name()]; why != "" {
				stays(at.Sub(f.JSONName()), f.JSONName(), why)
			}
			return true
		})
	}
	policy := config.At(o, "spec.trafficPolicy")
	blocks(rest.GetTrafficPolicy(), policy)
	spec := config.Spec[*networking.DestinationRule](o)
	for i, p := range spec.GetTrafficPolicy().GetPortLevelSettings() {
		blocks(p, policy.Sub("portLevelSettings").Item(i))
	}
	stays(config.At(o, "spec.exportTo"), "exportTo", "it says who sees the DestinationRule")
	stays(config.At(o, "spec.workloadSelector"), "workloadSelector", "the Gateway API has no settings for some clients only")
	host := mesh.FullHost(spec.GetHost(), o.Namespace, c.mesh.Settings.Domain)
	for i, s := range spec.GetSubsets() {
		if _, used := c.subsets[subset{host, s.GetName()}]; !used {
			stays(config.At(o, fmt.Sprintf("spec.subsets[%d]", i)), "subset "+s.GetName(), "no route that is converted leads to it")
		}
	}
}

// flatten is what a subset has as a host of its own: a policy for a port replaces the others of its level.
func flatten(host, subset *networking.TrafficPolicy) *networking.TrafficPolicy {
	out := &networking.TrafficPolicy{}
	for _, level := range []*networking.TrafficPolicy{host, subset} {
		over(out.ProtoReflect(), level.ProtoReflect())
	}
	out.PortLevelSettings = subset.GetPortLevelSettings()
	own := map[uint32]bool{}
	for _, p := range out.PortLevelSettings {
		own[p.GetPort().GetNumber()] = true
	}
	for _, p := range host.GetPortLevelSettings() {
		if !own[p.GetPort().GetNumber()] {
			joined := proto.Clone(p).(*networking.TrafficPolicy_PortTrafficPolicy)
			over(joined.ProtoReflect(), subset.ProtoReflect())
			out.PortLevelSettings = append(slices.Clip(out.PortLevelSettings), joined)
		}
	}
	return out
}

// over sets in a policy the blocks that a narrower one sets.
func over(policy, narrower protoreflect.Message) {
	narrower.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if to := policy.Descriptor().Fields().ByName(f.Name()); to != nil && !f.IsList() {
			policy.Set(to, v)
		}
		return true
	})
}
