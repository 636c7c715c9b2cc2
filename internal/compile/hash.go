package compile

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
)

type consistentHash = networking.LoadBalancerSettings_ConsistentHashLB

// serviceHash is what chooses the endpoint of a port of a service that no VirtualService speaks for; nil where no hash
// does.
func (c *Compiler) serviceHash(s *mesh.Service, port *mesh.Port) *consistentHash {
	rule := c.view.DestinationRule(s)
	if rule == nil {
		return nil
	}
	policy := rule.Spec.GetTrafficPolicy()
	if hash := portHash(policy.GetPortLevelSettings(), port.Number); hash != nil {
		return hash
	}
	return policy.GetLoadBalancer().GetConsistentHash()
}

// destinationHash is what chooses the endpoint of a VirtualService's destination. The most specific policy that hashes
// wins: the subset's for the port, the subset's, the rule's for the port, the rule's.
func (c *Compiler) destinationHash(to *networking.Destination) *consistentHash {
	s := c.view.Service(to.GetHost())
	if s == nil {
		return nil
	}
	rule := c.view.DestinationRule(s)
	if rule == nil {
		return nil
	}
	for _, policy := range []*networking.TrafficPolicy{findSubset(rule, to.Subset).GetTrafficPolicy(), rule.Spec.GetTrafficPolicy()} {
		if to.Port != nil {
			if hash := portHash(policy.GetPortLevelSettings(), to.Port.Number); hash != nil {
				return hash
			}
		}
		if hash := policy.GetLoadBalancer().GetConsistentHash(); hash != nil {
			return hash
		}
	}
	return nil
}

// portHash is the hash of the first setting for a port.
func portHash(settings []*networking.TrafficPolicy_PortTrafficPolicy, port uint32) *consistentHash {
	for _, s := range settings {
		if s.GetPort().GetNumber() == port {
			return s.GetLoadBalancer().GetConsistentHash()
		}
	}
	return nil
}

// hashPolicy says what of a request is hashed; empty without a hash.
func hashPolicy(hash *consistentHash) []*routev3.RouteAction_HashPolicy {
	out := &routev3.RouteAction_HashPolicy{}
	switch key := hash.GetHashKey().(type) {
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
