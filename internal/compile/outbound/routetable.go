package outbound

import (
	"slices"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/parallel"
	"sem.example/internal/source"
)

// Route builds a route table of the sidecar, or returns nil for an unknown name.
func (c *Builder) Route(name string) *routev3.RouteConfiguration {
	t := c.OutboundTable(name)
	if t == nil {
		return nil
	}
	out := newRouteTable(name)
	out.VirtualHosts = make([]*routev3.VirtualHost, len(t.Hosts.virtualHosts))
	parallel.Each(len(t.Hosts.virtualHosts), func(i int) { out.VirtualHosts[i] = c.place(name, t.Hosts.virtualHosts[i]) })
	if t.key.host == "" {
		out.VirtualHosts = append(out.VirtualHosts, c.catchAll(name))
	}
	return out
}

// RouteFor returns the part of a route table that serves an authority, or nil where only the whole table can tell.
func (c *Builder) RouteFor(name, authority string) *routev3.RouteConfiguration {
	t := c.OutboundTable(name)
	if t == nil || t.Hosts.Table == 0 || t.key.host != "" {
		return nil
	}
	d := t.Hosts.find(authority)
	if d == nil {
		return nil
	}
	out := newRouteTable(name)
	out.VirtualHosts = []*routev3.VirtualHost{c.place(name, d)}
	return out
}

func newRouteTable(name string) *routev3.RouteConfiguration {
	return &routev3.RouteConfiguration{
		Name:                           name,
		ValidateClusters:               xds.False(),
		MaxDirectResponseBodySizeBytes: directBodyLimit,
		IgnorePortInHostMatching:       true,
	}
}

// OutboundTable collects the virtual hosts of a table, or returns nil for an unknown name. A table for one service has
// one virtual host, which takes every authority.
func (c *Builder) OutboundTable(name string) *outboundTable {
	return c.tables.Get(name, func() *outboundTable {
		key, ok := parseTable(name)
		if !ok {
			return nil
		}
		out := &outboundTable{key: key, Hosts: newHostSet(c.view, key.port)}
		if e := c.egressFor(key.port, name); e != nil {
			out.Hosts = c.virtualHosts(e, key)
		}
		return out
	})
}

func (c *Builder) virtualHosts(e *egress, key tableKey) *hostSet {
	port := key.port
	if at := e.port(); at != nil && mesh.ParseProtocol(at.Protocol) == mesh.HTTPProxy {
		port = 0
	}
	t := &tableBuilder{c: c, egress: e, port: port, only: key.host, services: e.on(port), written: hostFields{}, hosts: newHostSet(c.view, port),
		passed: map[*mesh.Service][]config.Ignored{}}
	t.build()
	switch {
	case key.host != "":
		t.hosts.keepOnly(key.host)
	case port == 0:
		t.hosts.requirePorts()
	}
	t.hosts.sort()
	return t.hosts
}

// A tableBuilder is a route table in the making.
type tableBuilder struct {
	c        *Builder
	egress   *egress
	port     uint32 // of the listener; 0 for one that serves all ports
	only     string // the one host that is wanted, or ""
	services *portServices
	hosts    *hostSet
	passed   map[*mesh.Service][]config.Ignored // VirtualServices whose host is less specific than another's
	written  hostFields
}

// A hostGroup is a set of hosts of one port that share their routes.
type hostGroup struct {
	port     uint32
	services []*mesh.Service
	hosts    []string // that are not services
	routes   func() []route.Route
	rules    *routing.Rules // nil for a service's own route
}

// build collects the virtual hosts: those that VirtualServices speak for, in order of precedence, then the remaining
// services.
func (t *tableBuilder) build() {
	var groups []hostGroup
	spoken := map[*mesh.Service]bool{}
	for _, vs := range t.virtualServices() {
		for _, g := range t.ruled(vs) {
			groups = append(groups, g)
			for _, s := range g.services {
				spoken[s] = true
			}
		}
	}
	for _, s := range t.candidates() {
		if !spoken[s] && s.Resolution != mesh.Alias {
			groups = append(groups, t.unruled(s)...)
		}
	}
	for _, g := range groups {
		for _, s := range g.services {
			t.hosts.know(t.nameOf(s), g.port)
		}
	}
	for _, g := range groups {
		t.addGroup(g)
	}
}

// candidates are the services that the table is for.
func (t *tableBuilder) candidates() []*mesh.Service {
	if t.only != "" {
		return t.services.hosts.at(strings.ToLower(t.only))
	}
	return t.services.hosts.All()
}

// virtualServices are those that the table is built from: on port 80 all of them, elsewhere those with a host that
// overlaps with a service's.
func (t *tableBuilder) virtualServices() []*routing.Rules {
	if t.only != "" {
		return unique(t.egress.rules.overlapping(t.only))
	}
	if t.port == 80 {
		return t.egress.VirtualServices
	}
	var out []*routing.Rules
	for _, vs := range t.egress.VirtualServices {
		if slices.ContainsFunc(vs.Hosts, func(h routing.Host) bool { return len(t.services.hosts.overlapping(strings.ToLower(h.Name))) > 0 }) {
			out = append(out, vs)
		}
	}
	return out
}

// ruled groups what a VirtualService speaks for by port: its services, and its hosts that are none.
func (t *tableBuilder) ruled(vs *routing.Rules) []hostGroup {
	scope := route.Scope{Gateways: []string{mesh.MeshGateway}, Port: t.port, Service: t.service}
	if !route.HasHTTP(t.c.view, vs, scope) {
		return nil
	}
	routes := func() []route.Route { return t.c.ruledRoutes(vs, t.services, scope) }
	hosts, services := t.separate(vs)
	if vs.GatewayAPI && !slices.ContainsFunc(services, func(s *mesh.Service) bool { return t.concerns(vs, s) }) {
		return nil
	}
	byPort := map[uint32][]*mesh.Service{}
	var ports []uint32
	for _, s := range services {
		for _, p := range t.httpPorts(s) {
			if byPort[p.Number] == nil {
				ports = append(ports, p.Number)
			}
			byPort[p.Number] = append(byPort[p.Number], s)
		}
	}
	if len(ports) == 0 && t.port == 80 {
		ports = []uint32{80}
	}
	slices.Sort(ports)
	var out []hostGroup
	for _, port := range ports {
		out = append(out, hostGroup{port: port, services: byPort[port], hosts: hosts, routes: routes, rules: vs})
	}
	return out
}

// concerns reports whether a route of the Gateway API is for the clients of a service: it is of the service's namespace, or of
// the client's.
func (t *tableBuilder) concerns(vs *routing.Rules, s *mesh.Service) bool {
	return s.Namespace == vs.Object.Namespace || t.c.view.Proxy().In(vs.Object.Namespace)
}

// ruledRoutes returns the routes that a VirtualService has at a place.
func (c *Builder) ruledRoutes(vs *routing.Rules, services *portServices, at route.Scope) (routes []route.Route) {
	if c.shared != nil {
		c.shared(func(b *Builder) { routes = b.ruledRoutes(vs, services, at) })
		return routes
	}
	return c.ruled.Get(ruledKey{vs, services, at.Port}, func() []route.Route { return route.ForVirtualService(c.view, vs, at) })
}

// service finds the service of a destination, which this table only knows if it has the listener's port.
func (t *tableBuilder) service(host string) *mesh.Service { return t.services.last[host] }

// httpPorts are the ports of a service that may carry requests for this table. Of several ports of one number only the
// first that takes connections counts.
func (t *tableBuilder) httpPorts(s *mesh.Service) []*mesh.Port {
	ports := s.Ports
	if t.port != 0 {
		ports = nil
		if p := s.StreamPort(t.port); p != nil {
			ports = []*mesh.Port{p}
		}
	}
	var out []*mesh.Port
	for _, p := range ports {
		if p.Protocol.IsHTTP() || p.Protocol == mesh.Detected {
			out = append(out, p)
		}
	}
	return out
}

// separate splits the hosts of a VirtualService into services and the others. A wildcard stands for the services for
// which no other VirtualService has a more specific host.
func (t *tableBuilder) separate(vs *routing.Rules) (hosts []string, services []*mesh.Service) {
	for _, host := range vs.HostNames() {
		if mesh.IsWildcard(host) {
			continue
		}
		if found := t.services.hosts.at(strings.ToLower(host)); len(found) > 0 {
			services = append(services, found...)
		} else {
			hosts = append(hosts, host)
		}
	}
	for _, host := range vs.HostNames() {
		if !mesh.IsWildcard(host) {
			continue
		}
		found := t.services.hosts.overlapping(strings.ToLower(host))
		for _, s := range found {
			if best := t.egress.VirtualService(s.Host); best == vs {
				services = append(services, s)
			} else {
				t.passed[s] = append(t.passed[s], t.passedOver(vs, host, best))
			}
		}
		if len(found) == 0 {
			hosts = append(hosts, strings.ToLower(host))
		}
	}
	return hosts, services
}

// passedOver is a VirtualService with a wildcard that another one, of a more specific host or of more precedence, takes a
// service from.
func (t *tableBuilder) passedOver(vs *routing.Rules, host string, best *routing.Rules) config.Ignored {
	out := t.written.of(vs, host).Ignore("another VirtualService has a more specific host")
	if best != nil {
		out.Reason = "VirtualService " + best.Object.Namespace + "/" + best.Object.Name + " is more specific, or comes first"
	}
	return out
}

// unruled groups a service that no VirtualService speaks for, by port.
func (t *tableBuilder) unruled(s *mesh.Service) []hostGroup {
	var out []hostGroup
	for _, p := range t.httpPorts(s) {
		out = append(out, hostGroup{port: p.Number, services: []*mesh.Service{s},
			routes: func() []route.Route { return []route.Route{route.ForService(t.c.view, t.nameOf(s), s, p)} }})
	}
	return out
}

func (t *tableBuilder) addGroup(g hostGroup) {
	for _, host := range g.hosts {
		var origins origin.List
		origins.Add("", origin.DefinesField(t.written.of(g.rules, host)))
		t.hosts.add(strings.ToLower(host), nil, g.port, g.routes, origins)
	}
	for _, s := range g.services {
		var origins origin.List
		if g.rules != nil {
			origins.Add("", origin.DefinesField(t.written.of(g.rules, s.Host)))
			for _, l := range g.rules.Ignored {
				origins.Add("", origin.Overridden(l))
			}
		}
		origins.Add("", origin.Defines(s.Object, s.Field))
		if s.AddressField != "" {
			origins.Add("", origin.Defines(s.Object, s.AddressField))
		}
		for _, l := range t.passed[s] {
			origins.Add("", origin.Overridden(l))
		}
		origins.Add(origin.ListenerPart, t.listenerOrigin(s, g.port))
		t.hosts.add(t.nameOf(s), s, g.port, g.routes, origins)
	}
}

// nameOf is the name of a service in the table. Tables of one port have it in lower case.
func (t *tableBuilder) nameOf(s *mesh.Service) string {
	if t.port == 0 {
		return s.Host
	}
	return strings.ToLower(s.Host)
}

// listenerOrigin is where the port is written by which a service came to its listener: in the Sidecar, or its own.
func (t *tableBuilder) listenerOrigin(s *mesh.Service, port uint32) envoy.Origin {
	if t.egress.port() != nil {
		return origin.Defines(t.c.view.Sidecar, source.Join(t.egress.Field, "port"))
	}
	return origin.DefinesPort(s, s.StreamPort(port))
}

// place gives a virtual host its routes, and records all origins under a table.
func (c *Builder) place(table string, d *virtualHost) *routev3.VirtualHost {
	d.once.Do(func() {
		d.host.Routes = route.InVirtualHost(c.origins, table, d.host.Name, d.routes())
		c.origins.Put(envoy.VirtualHost(table, d.host.Name), d.origins)
	})
	return d.host
}
