package compile

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A routeScope is the place that the rules of a VirtualService are translated for: the listener of a sidecar, or the
// servers of a gateway that share a route table.
type routeScope struct {
	gateways []string // names that a rule's match.gateways may mention: "mesh", or "namespace/name" of Gateways
	port     uint32   // of the listener (a gateway: of the server)
	tls      bool     // the proxy ends TLS at this listener

	// service finds the service of a destination host, as far as this place can see it; nil for an unknown host.
	service func(host string) *mesh.Service
}

// A routeDraft is a route that has no place in a virtual host yet.
type routeDraft struct {
	route    *routev3.Route
	origins  trail
	catchAll bool // it matches every request, so nothing behind it is reached
}

// rules translates a VirtualService's HTTP rules for one place, in order. A catch-all ends the list.
func (c *Compiler) rules(vs *mesh.VirtualService, scope routeScope) []routeDraft { return nil }

// serviceRoute is the one route of a service that no VirtualService speaks for.
func (c *Compiler) serviceRoute(s *mesh.Service, port *mesh.Port) routeDraft { return routeDraft{} }

// placeRoutes gives drafts their place in a virtual host: the messages in order, their origins recorded.
func (c *Compiler) placeRoutes(table, vhost string, drafts []routeDraft) []*routev3.Route {
	var out []*routev3.Route
	for i, d := range drafts {
		c.origins.settle(envoy.Route(table, vhost, i), d.origins)
		out = append(out, d.route)
	}
	return out
}

// outboundRoute builds a route table of the sidecar, or returns nil for an unknown name.
func (c *Compiler) outboundRoute(name string) *routev3.RouteConfiguration { return nil }
