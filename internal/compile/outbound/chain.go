package outbound

import (
	"slices"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// appliesToConnection reports whether what a match asks of the client holds for the sidecar. Unlike for HTTP rules, the
// labels and the namespace count also where gateways are named.
func appliesToConnection(view *mesh.View, want routing.Client, port uint32) bool {
	gateway := len(want.Gateways) == 0 || slices.Contains(want.Gateways, routing.MeshGateway)
	return gateway && (want.Port == 0 || want.Port == port) && proxy.IsClient(view, want)
}

// ruleChain sends connections to the destinations of a TCP or TLS rule.
func ruleChain(view *mesh.View, b listenerOpts, set *routing.Rules, r *routing.ConnectionRule) *filterchain.Chain {
	before, behind := extension.Network(view, false, b.port.Number)
	out := &filterchain.Chain{
		Filters: slices.Concat(before, behind, route.TCPFilters(view, set, r.Destinations, b.port)), Origins: route.ConnectionOrigins(view, r),
	}
	extension.AddOrigins(&out.Origins, view, false, b.port.Number)
	return out
}

// serviceChain sends connections to a service that no rule speaks for. On a port of the Sidecar, the service's only port
// counts.
func (c *Builder) serviceChain(b listenerOpts) *filterchain.Chain {
	port := b.port.Number
	if len(b.service.Ports) == 1 {
		port = b.service.Ports[0].Number
	}
	to := xds.TCPProxyTo(xds.OutboundCluster(port, "", b.service.Host))
	route.ApplyConnectionPolicy(c.view, to, route.DestinationRule(c.view, b.service.Host), "")
	out := &filterchain.Chain{
		CIDRs:    b.cidrs,
		Filters:  slices.Concat(c.nameFilters(b), xds.TCPFilters(b.port.Protocol, to)),
		ReadsSNI: proxy.Dynamic(b.service),
	}
	out.Origins.Add("", b.origins()...)
	out.Origins.Add(origin.ListenerPart, b.origins()...)
	out.Origins.Add(origin.Destination(0), origin.Defines(b.service.Object, b.service.Field))
	if proxy.Dynamic(b.service) {
		out.Origins = append(out.Origins, c.access.ConnectionsTo(b.service).Origins...)
	}
	extension.AddOrigins(&out.Origins, c.view, false, b.port.Number)
	out.Origins = append(out.Origins, route.ConnectionPolicyOrigins(route.DestinationRule(c.view, b.service.Host), "")...)
	return out
}
