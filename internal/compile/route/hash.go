package route

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// A hash is what of a request chooses its endpoint, where a DestinationRule asks for one.
type hash config.Setting[*networking.LoadBalancerSettings_ConsistentHashLB]

// serviceHash is the hash for a port of a service that no VirtualService speaks for.
func serviceHash(view *mesh.View, s *mesh.Service, port *mesh.Port) hash {
	return hash(DestinationRule(view, s.Host).Hash(port.Number, ""))
}

// destinationHash is the hash for a destination of a rule.
func destinationHash(view *mesh.View, to routing.Destination) hash {
	return hash(DestinationRule(view, to.Host).Hash(to.Port, to.Subset))
}

func (h hash) origins() []envoy.Origin {
	if h.Value == nil {
		return nil
	}
	return origin.DefinesTreeAt(h.At)
}

// policy is what is hashed; empty without a hash.
func (h hash) policy() []*routev3.RouteAction_HashPolicy {
	out := &routev3.RouteAction_HashPolicy{}
	switch key := h.Value.GetHashKey().(type) {
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
