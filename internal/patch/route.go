package patch

import (
	"slices"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/clustername"
	"sem.example/internal/envoy"
)

var routeTargets = []networking.EnvoyFilter_ApplyTo{
	networking.EnvoyFilter_ROUTE_CONFIGURATION, networking.EnvoyFilter_VIRTUAL_HOST, networking.EnvoyFilter_HTTP_ROUTE,
}

// TouchesRoutes reports whether a patch may change route tables of a context.
func (s *Patches) TouchesRoutes(context Context) bool {
	return slices.ContainsFunc(routeTargets, func(to networking.EnvoyFilter_ApplyTo) bool { return len(s.to(to, context)) > 0 })
}

// RouteConfiguration returns a route table as the patches leave it.
func (s *Patches) RouteConfiguration(context Context, table *routev3.RouteConfiguration) *routev3.RouteConfiguration {
	x := &routeEdit{set: s, context: context, table: table}
	if table == nil || !slices.ContainsFunc(routeTargets, func(to networking.EnvoyFilter_ApplyTo) bool { return len(x.patches(to)) > 0 }) {
		return table
	}
	x.table = proto.Clone(table).(*routev3.RouteConfiguration)
	for _, p := range x.patches(networking.EnvoyFilter_ROUTE_CONFIGURATION) {
		if p.merges() && p.value != nil {
			p.merge(x.table)
			s.changed(p, envoy.RouteConfig(x.table.GetName()))
		}
	}
	x.virtualHosts()
	return x.table
}

// A routeEdit is one route table while patches are applied to it.
type routeEdit struct {
	set     *Patches
	context Context
	table   *routev3.RouteConfiguration
}

// patches are those of a kind that are about the table.
func (x *routeEdit) patches(to networking.EnvoyFilter_ApplyTo) []*Patch {
	return slices.DeleteFunc(x.set.to(to, x.context), func(p *Patch) bool { return !x.matches(p.match.GetRouteConfiguration()) })
}

// matches reports whether a patch is about the table: by its name and port; at gateways also by the gateway and the name
// of the server's port, which only the names of tables for HTTPS hold.
func (x *routeEdit) matches(want *networking.EnvoyFilter_RouteConfigurationMatch) bool {
	name := x.table.GetName()
	if want.GetName() != "" && want.GetName() != name {
		return false
	}
	if x.context != Gateway {
		return want.GetPortNumber() == 0 || want.GetPortNumber() == sidecarPort(name)
	}
	port, portName, gateway := gatewayTable(name)
	if want.GetPortName() != "" && want.GetPortName() != portName || want.GetGateway() != "" && want.GetGateway() != gateway {
		return false
	}
	return want.GetPortNumber() == 0 || slices.Contains(x.set.serverPorts(port), want.GetPortNumber())
}

// serverPorts are the ports of servers behind a port of a gateway's listeners.
func (s *Patches) serverPorts(listener uint32) []uint32 {
	if s.Ports != nil {
		if ports := s.Ports(listener); len(ports) > 0 {
			return ports
		}
	}
	return []uint32{listener}
}

// sidecarPort is the port in the name of a sidecar's route table, "80" or "inbound|8080||"; 0 where there is none.
func sidecarPort(name string) uint32 {
	if c, ok := clustername.Parse(name); ok {
		return c.Port
	}
	return number(name)
}

// gatewayTable takes apart the name of a gateway's route table: "http.80", or "https.443.https-web.shop-gateway.shop".
func gatewayTable(name string) (port uint32, portName, gateway string) {
	parts := strings.Split(name, ".")
	switch {
	case len(parts) == 2 && parts[0] == "http":
		return number(parts[1]), "", ""
	case len(parts) == 5 && parts[0] == "https":
		return number(parts[1]), parts[2], parts[4] + "/" + parts[3]
	}
	return 0, "", ""
}

func number(text string) uint32 {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// virtualHosts patches each virtual host, then adds those of patches. A removed name takes along what was added under it.
func (x *routeEdit) virtualHosts() {
	gone := map[string]bool{}
	patches := x.patches(networking.EnvoyFilter_VIRTUAL_HOST)
	for i := range x.table.VirtualHosts {
		if !x.virtualHost(i, patches) {
			gone[x.table.VirtualHosts[i].GetName()] = true
		}
	}
	for _, p := range patches {
		if p.Operation == add && p.value != nil {
			added := valueAs[*routev3.VirtualHost](p)
			x.table.VirtualHosts = append(x.table.VirtualHosts, added)
			x.changed(p, added)
		}
	}
	x.table.VirtualHosts = slices.DeleteFunc(x.table.VirtualHosts, func(h *routev3.VirtualHost) bool { return gone[h.GetName()] })
}

// virtualHost patches the i-th virtual host and reports whether it stays.
func (x *routeEdit) virtualHost(i int, patches []*Patch) bool {
	for _, p := range patches {
		host := x.table.VirtualHosts[i]
		if !p.virtualHost(host) || p.Operation != remove && p.value == nil {
			continue
		}
		switch {
		case p.Operation == remove:
			x.changed(p, host)
			return false
		case p.merges():
			p.merge(host)
			x.changed(p, host)
		case p.Operation == replace:
			x.table.VirtualHosts[i] = valueAs[*routev3.VirtualHost](p)
			x.changed(p, x.table.VirtualHosts[i])
		}
	}
	x.routes(x.table.VirtualHosts[i])
	return true
}

func (x *routeEdit) changed(p *Patch, host *routev3.VirtualHost) {
	x.set.changed(p, envoy.VirtualHost(x.table.GetName(), host.GetName()))
}

// virtualHost reports whether the patch is about a virtual host.
func (p *Patch) virtualHost(h *routev3.VirtualHost) bool {
	want := p.match.GetRouteConfiguration().GetVhost()
	return (want.GetName() == "" || want.GetName() == h.GetName()) &&
		(want.GetDomainName() == "" || slices.Contains(h.GetDomains(), want.GetDomainName()))
}

// routes patches the routes of a virtual host, then adds those of patches, and at last takes out what patches removed.
func (x *routeEdit) routes(host *routev3.VirtualHost) {
	patches := slices.DeleteFunc(x.patches(networking.EnvoyFilter_HTTP_ROUTE), func(p *Patch) bool { return !p.virtualHost(host) })
	gone, number := map[*routev3.Route]bool{}, map[*routev3.Route]int{}
	for i, r := range host.GetRoutes() {
		number[r] = i
		for _, p := range patches {
			if !p.route(r) {
				continue
			}
			if p.Operation == remove {
				gone[r] = true
				x.changed(p, host)
				break
			}
			if p.merges() && p.value != nil {
				p.merge(r)
				x.changed(p, host)
				x.set.changed(p, envoy.Route(x.table.GetName(), host.GetName(), i))
			}
		}
	}
	for _, p := range patches {
		if x.insertRoute(host, p, gone) {
			x.changed(p, host)
			x.numberAdded(host, p, number)
		}
	}
	host.Routes = slices.DeleteFunc(host.Routes, func(r *routev3.Route) bool { return gone[r] })
	numbers := make([]int, len(host.Routes))
	for i, r := range host.Routes {
		numbers[i] = number[r]
	}
	x.set.ordered(envoy.VirtualHost(x.table.GetName(), host.GetName()), numbers)
}

// numberAdded gives the route that a patch has added the next number, which is its address.
func (x *routeEdit) numberAdded(host *routev3.VirtualHost, p *Patch, number map[*routev3.Route]int) {
	for _, r := range host.GetRoutes() {
		if _, known := number[r]; !known {
			number[r] = len(number)
			x.set.changed(p, envoy.Route(x.table.GetName(), host.GetName(), number[r]))
		}
	}
}

// insertRoute adds the route of a patch. INSERT_FIRST goes to the top, but only where the route that it names is there.
func (x *routeEdit) insertRoute(host *routev3.VirtualHost, p *Patch, gone map[*routev3.Route]bool) bool {
	if p.value == nil || p.Operation != add && !p.inserts() {
		return false
	}
	anchored := p.match.GetRouteConfiguration().GetVhost().GetRoute() != nil
	matches := func(r *routev3.Route) bool { return !gone[r] && p.route(r) }
	if p.Operation == insertFirst && anchored && !slices.ContainsFunc(host.Routes, matches) {
		return false
	}
	var did bool
	host.Routes, did = edited(host.Routes, p, anchored, matches)
	return did
}

// route reports whether the patch is about a route of a virtual host that it is about.
func (p *Patch) route(r *routev3.Route) bool {
	want := p.match.GetRouteConfiguration().GetVhost().GetRoute()
	if want.GetName() != "" && want.GetName() != r.GetName() {
		return false
	}
	action, known := actionOf(r)
	return want.GetAction() == networking.EnvoyFilter_RouteConfigurationMatch_RouteMatch_ANY || !known || want.GetAction() == action
}

// actionOf is what a route does, as patches name it; other actions fit any patch.
func actionOf(r *routev3.Route) (networking.EnvoyFilter_RouteConfigurationMatch_RouteMatch_Action, bool) {
	switch r.GetAction().(type) {
	case *routev3.Route_Route:
		return networking.EnvoyFilter_RouteConfigurationMatch_RouteMatch_ROUTE, true
	case *routev3.Route_Redirect:
		return networking.EnvoyFilter_RouteConfigurationMatch_RouteMatch_REDIRECT, true
	case *routev3.Route_DirectResponse:
		return networking.EnvoyFilter_RouteConfigurationMatch_RouteMatch_DIRECT_RESPONSE, true
	}
	return 0, false
}
