package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// Route builds the route table of an HTTP port or an HTTPS server, or returns nil for an unknown name.
func (c *Builder) Route(name string) *routev3.RouteConfiguration {
	servers := c.servers().tables[name]
	if len(servers) == 0 {
		return nil
	}
	t := &gatewayTable{gateway: c, hosts: map[string]*gatewayHost{}, rules: map[boundRules]*ruleList{}}
	for _, s := range servers {
		c.origins.Record(envoy.RouteConfig(name), s.portOrigins()...)
		for _, vs := range c.view.VirtualServices(s.of.FullName()) {
			t.bind(vs, s)
		}
		t.redirect(s)
	}
	out := &routev3.RouteConfiguration{Name: name, ValidateClusters: xds.False(), IgnorePortInHostMatching: true}
	for _, h := range t.collapse() {
		out.VirtualHosts = append(out.VirtualHosts, c.gatewayVirtualHost(name, h))
	}
	if len(t.hosts) == 0 {
		out.VirtualHosts = []*routev3.VirtualHost{{
			Name: fmt.Sprintf("blackhole:%d", servers[0].GetPort().GetNumber()), Domains: []string{"*"},
		}}
	}
	slices.SortStableFunc(out.VirtualHosts, func(a, b *routev3.VirtualHost) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// A gatewayTable is a route table of a gateway that is being filled.
type gatewayTable struct {
	gateway *Builder
	hosts   map[string]*gatewayHost
	rules   map[boundRules]*ruleList
	lists   int // how many were made
}

// boundRules are the rules of a VirtualService as a gateway binds them.
type boundRules struct {
	gateway *routing.Gateway
	rules   *routing.Rules
}

// A ruleList is the routes of a VirtualService for one Gateway. Virtual hosts that have the same lists are united.
type ruleList struct {
	id     int // of its own in the table
	routes []route.Route
}

// A gatewayHost is a virtual host of a gateway that is being filled.
type gatewayHost struct {
	name     string // with the port of the server that first had it
	domains  []string
	rules    []*ruleList
	redirect bool // everything without TLS is sent to where there is
	origins  origin.List
}

// bind gives the hosts that a VirtualService and a server have in common the rules of the VirtualService. Several
// VirtualServices may serve one host; the routes of the first come first.
func (t *gatewayTable) bind(vs *mesh.VirtualService, s *gatewayServer) {
	shared := commonHosts(hostsFor(s, vs.Object.Namespace), vs.HostNames())
	if len(shared) == 0 {
		t.recordOtherNamespaces(vs, s)
		return
	}
	rules := t.rulesOf(vs, s)
	if len(rules.routes) == 0 {
		return
	}
	for _, host := range shared {
		h := t.host(strings.ToLower(host), s)
		h.rules = append(h.rules, rules)
		h.redirect = h.redirect || s.GetTls().GetHttpsRedirect()
		for _, own := range vs.Hosts {
			if covers(own.Name, host) {
				h.origins.Add("", origin.DefinesField(own.At))
			}
		}
	}
}

// recordOtherNamespaces notes that a server has hosts of a VirtualService, but for other namespaces.
func (t *gatewayTable) recordOtherNamespaces(vs *mesh.VirtualService, s *gatewayServer) {
	if len(commonHosts(s.names(), vs.HostNames())) > 0 {
		t.gateway.origins.Record(envoy.RouteConfig(s.table), origin.Overridden(vs.HostsAt.Ignore(
			"Gateway "+s.of.FullName()+" has these hosts for other namespaces than "+vs.Object.Namespace)))
	}
}

// rulesOf translates the rules of a VirtualService once for each Gateway: for the first server that any of them applies
// to.
func (t *gatewayTable) rulesOf(vs *mesh.VirtualService, s *gatewayServer) *ruleList {
	key := boundRules{s.of, vs}
	if t.rules[key] == nil || len(t.rules[key].routes) == 0 {
		t.lists++
		t.rules[key] = &ruleList{id: t.lists, routes: route.ForVirtualService(t.gateway.view, vs, route.Scope{
			Gateways: []string{s.of.FullName()},
			Port:     s.GetPort().GetNumber(),
			TLS:      s.GetTls() != nil,
			Service:  func(host string) *mesh.Service { return t.gateway.view.ServiceFor(host, vs.Object.Namespace) },
		})}
	}
	return t.rules[key]
}

// redirect makes the virtual hosts of a server that redirects to HTTPS, which it also has where no rule is bound.
func (t *gatewayTable) redirect(s *gatewayServer) {
	if !s.GetTls().GetHttpsRedirect() {
		return
	}
	for _, name := range s.hosts {
		h := t.host(strings.ToLower(name), s)
		h.redirect = true
		h.origins.Add("redirect", origin.DefinesField(s.TLSAt.Sub("httpsRedirect")))
	}
}

// host returns the virtual host of a name, which the first server that covers it defines.
func (t *gatewayTable) host(name string, s *gatewayServer) *gatewayHost {
	h := t.hosts[name]
	if h == nil {
		h = &gatewayHost{name: fmt.Sprintf("%s:%d", name, s.GetPort().GetNumber()), domains: []string{name}}
		for i, own := range s.names() {
			if covers(strings.ToLower(own), name) {
				h.origins.Add("", origin.DefinesField(s.HostAt(i)))
			}
		}
		t.hosts[name] = h
	}
	return h
}

// collapse unites virtual hosts that differ in their names only: the most specific name leads.
func (t *gatewayTable) collapse() []*gatewayHost {
	names := make([]string, 0, len(t.hosts))
	for name := range t.hosts {
		names = append(names, name)
	}
	slices.SortFunc(names, bySpecificity)
	var out []*gatewayHost
	last := map[string]*gatewayHost{} // by rules
	for _, name := range names {
		h := t.hosts[name]
		key := h.key()
		if lead := last[key]; lead != nil && lead.redirect == h.redirect {
			lead.domains = append(lead.domains, h.domains...)
			lead.origins = append(lead.origins, h.origins...)
			continue
		}
		out, last[key] = append(out, h), h
	}
	return out
}

// key is the same for virtual hosts that have the same rules in the same order.
func (h *gatewayHost) key() string {
	var b []byte
	for _, list := range h.rules {
		b = strconv.AppendInt(append(b, ' '), int64(list.id), 10)
	}
	return string(b)
}

// bySpecificity orders hosts: those without an asterisk first, then the longer, then by the alphabet.
func bySpecificity(a, b string) int {
	wild := func(s string) int { return strings.Count(s[:min(len(s), 1)], "*") }
	return cmp.Or(cmp.Compare(wild(a), wild(b)), cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
}

// gatewayVirtualHost builds a virtual host. Routes that take every request move behind all others.
func (c *Builder) gatewayVirtualHost(table string, h *gatewayHost) *routev3.VirtualHost {
	var some, all []route.Route
	for _, list := range h.rules {
		for _, d := range list.routes {
			if d.CatchAll {
				all = append(all, d)
			} else {
				some = append(some, d)
			}
		}
	}
	c.origins.Put(envoy.VirtualHost(table, h.name), h.origins)
	out := &routev3.VirtualHost{
		Name:                       h.name,
		Domains:                    h.domains,
		Routes:                     route.InVirtualHost(c.origins, table, h.name, slices.Concat(some, all)),
		IncludeRequestAttemptCount: proxy.CountsAttempts(c.view),
	}
	if h.redirect {
		out.RequireTls = routev3.VirtualHost_ALL
	}
	return out
}
