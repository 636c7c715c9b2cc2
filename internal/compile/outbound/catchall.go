package outbound

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// catchAll is the virtual host for the authorities that no other has: what the outbound traffic policy says of them.
func (c *Builder) catchAll(table string) *routev3.VirtualHost {
	out := &routev3.VirtualHost{Domains: []string{"*"}, IncludeRequestAttemptCount: proxy.CountsAttempts(c.view)}
	only := &routev3.Route{Match: route.Match(nil)}
	switch proxy.OutboundMode(c.view) {
	case proxy.AllowDynamic:
		out.Name = "allow_any_dynamic_dns"
		only.Action = route.ForwardTo(c.view, xds.AnyDynamicDNS)
	case proxy.AllowAny:
		out.Name = "allow_any"
		only.Action = route.ForwardTo(c.view, unknownCluster(c.view))
	default:
		out.Name = "block_all"
		only.Action = &routev3.Route_DirectResponse{DirectResponse: &routev3.DirectResponseAction{Status: 502}}
	}
	only.Name = out.Name
	out.Routes = []*routev3.Route{only}
	c.origins.Record(envoy.VirtualHost(table, out.Name), proxy.OutboundPolicyOrigins(c.view)...)
	return out
}

// unknownCluster is where connections to unknown hosts go: on to where they are bound for, to the proxy that the Sidecar
// names for them, or nowhere.
func unknownCluster(view *mesh.View) string {
	switch {
	case proxy.OutboundMode(view) == proxy.RegistryOnly:
		return xds.BlackHole
	case view.Outbound.EgressProxy != nil:
		return route.ClusterName(routing.DestinationOf(view.Outbound.EgressProxy, view.Policy.Join("egressProxy")), nil, 0)
	}
	return xds.Passthrough
}

// directBodyLimit is the size of the longest body that a route may answer with by itself, in bytes.
var directBodyLimit = wrapperspb.UInt32(1 << 20)
