package compile

import (
	"cmp"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A hash is what of a request chooses its endpoint.
type hash struct {
	key *networking.LoadBalancerSettings_ConsistentHashLB // nil where no hash does
	at  mesh.Written                                      // the load balancer that says so
}

// serviceHash is the hash for a port of a service that no VirtualService speaks for.
func (c *Compiler) serviceHash(s *mesh.Service, port *mesh.Port) hash {
	rule := c.ruleFor(s.Host)
	if rule == nil {
		return hash{}
	}
	policy, at := rulePolicy(rule)
	return cmp.Or(portHash(policy, at, port.Number), balancerHash(policy.GetLoadBalancer(), at))
}

// destinationHash is the hash for a VirtualService's destination. The most specific policy that hashes wins: the
// subset's for the port, the subset's, the rule's for the port, the rule's.
func (c *Compiler) destinationHash(to *networking.Destination) hash {
	rule := c.ruleFor(to.GetHost())
	if rule == nil {
		return hash{}
	}
	policy, at := rulePolicy(rule)
	own, ownAt := subsetPolicy(rule, to.Subset)
	var ownPort, rulePort hash
	if to.Port != nil {
		ownPort, rulePort = portHash(own, ownAt, to.Port.Number), portHash(policy, at, to.Port.Number)
	}
	return cmp.Or(ownPort, balancerHash(own.GetLoadBalancer(), ownAt), rulePort, balancerHash(policy.GetLoadBalancer(), at))
}

func rulePolicy(rule *mesh.DestinationRule) (*networking.TrafficPolicy, mesh.Written) {
	return rule.Spec.GetTrafficPolicy(), mesh.Written{Object: rule.Host.Object, Field: "spec.trafficPolicy"}
}

// subsetPolicy is the policy of a subset and where it stands; nil where there is none.
func subsetPolicy(rule *mesh.DestinationRule, name string) (*networking.TrafficPolicy, mesh.Written) {
	at := rule.Subsets[name]
	at.Field += ".trafficPolicy"
	return findSubset(rule, name).GetTrafficPolicy(), at
}

// portHash is the hash of a policy's first settings for a port.
func portHash(policy *networking.TrafficPolicy, at mesh.Written, port uint32) hash {
	for i, s := range policy.GetPortLevelSettings() {
		if s.GetPort().GetNumber() == port {
			at.Field = source.Index(at.Field+".portLevelSettings", i)
			return balancerHash(s.GetLoadBalancer(), at)
		}
	}
	return hash{}
}

// balancerHash is the hash of the load balancer in a policy that is written at a place.
func balancerHash(balancer *networking.LoadBalancerSettings, at mesh.Written) hash {
	if key := balancer.GetConsistentHash(); key != nil {
		at.Field += ".loadBalancer"
		return hash{key, at}
	}
	return hash{}
}

func (h hash) origins() []envoy.Origin {
	if h.key == nil {
		return nil
	}
	return spelled(h.at.Object, h.at.Field)
}

// policy says what is hashed; empty without a hash.
func (h hash) policy() []*routev3.RouteAction_HashPolicy {
	out := &routev3.RouteAction_HashPolicy{}
	switch key := h.key.GetHashKey().(type) {
	case *networking.LoadBalancerSettings_ConsistentHashLB_HttpHeaderName:
		out.PolicySpecifier = &routev3.RouteAction_HashPolicy_Header_{
			Header: &routev3.RouteAction_HashPolicy_Header{HeaderName: key.HttpHeaderName},
		}
	case *networking.LoadBalancerSettings_ConsistentHashLB_HttpCookie:
		out.PolicySpecifier = &routev3.RouteAction_HashPolicy_Cookie_{Cookie: hashCookie(key.HttpCookie)}
	case *networking.LoadBalancerSettings_ConsistentHashLB_UseSourceIp:
		out.PolicySpecifier = &routev3.RouteAction_HashPolicy_ConnectionProperties_{
			ConnectionProperties: &routev3.RouteAction_HashPolicy_ConnectionProperties{SourceIp: key.UseSourceIp},
		}
	case *networking.LoadBalancerSettings_ConsistentHashLB_HttpQueryParameterName:
		out.PolicySpecifier = &routev3.RouteAction_HashPolicy_QueryParameter_{
			QueryParameter: &routev3.RouteAction_HashPolicy_QueryParameter{Name: key.HttpQueryParameterName},
		}
	default:
		return nil
	}
	return []*routev3.RouteAction_HashPolicy{out}
}

func hashCookie(in *networking.LoadBalancerSettings_ConsistentHashLB_HTTPCookie) *routev3.RouteAction_HashPolicy_Cookie {
	out := &routev3.RouteAction_HashPolicy_Cookie{Name: in.GetName(), Ttl: in.GetTtl(), Path: in.GetPath()}
	for _, a := range in.GetAttributes() {
		out.Attributes = append(out.Attributes, &routev3.RouteAction_HashPolicy_CookieAttribute{Name: a.Name, Value: a.Value})
	}
	return out
}
