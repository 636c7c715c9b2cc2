package compile

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/route"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A virtualHostDraft is a virtual host before it has its routes.
type virtualHostDraft struct {
	host    *routev3.VirtualHost
	port    uint32 // of its services
	routes  func() []route.Route
	origins origin.List
	once    sync.Once
}

// A hostSet collects the virtual hosts of one table. A name, and a domain, belongs to whoever comes first.
type hostSet struct {
	c       *outboundTraffic
	table   uint32                       // the listener's port; 0 where domains must tell the port
	names   map[string]*virtualHostDraft // by name
	domains map[string]*virtualHostDraft // in lower case
	known   map[string]bool              // hosts of services, which no short form of another may take
	drafts  []*virtualHostDraft
}

func (c *outboundTraffic) newHostSet(port uint32) *hostSet {
	return &hostSet{c: c, table: port, names: map[string]*virtualHostDraft{}, domains: map[string]*virtualHostDraft{}, known: map[string]bool{}}
}

// add makes a virtual host of a service, or of a host that is none (then the service is nil).
func (h *hostSet) add(host string, s *mesh.Service, port uint32, routes func() []route.Route, origins origin.List) {
	name := net.JoinHostPort(host, strconv.Itoa(int(port)))
	if first := h.names[name]; first != nil {
		first.origins.AddOverridden(origins, "this host")
		return
	}
	draft := &virtualHostDraft{port: port, routes: routes, origins: origins}
	h.names[name] = draft
	domains, short := []string{xds.URIHost(host)}, []string(nil)
	if s != nil {
		domains, short = h.serviceDomains(host, s, port)
	}
	draft.host = &routev3.VirtualHost{Name: name, IncludeRequestAttemptCount: proxy.CountsAttempts(h.c.view)}
	if h.claim(draft, domains, short); len(draft.host.Domains) > 0 {
		h.drafts = append(h.drafts, draft)
	}
}

// claim takes the domains that are still free. A short form is left out where it is a service's full name.
func (h *hostSet) claim(draft *virtualHostDraft, domains, short []string) {
	for _, d := range domains {
		lower := strings.ToLower(d)
		if h.domains[lower] != nil || h.known[d] && slices.Contains(short, d) {
			continue
		}
		h.domains[lower] = draft
		draft.host.Domains = append(draft.host.Domains, d)
	}
}

// find returns the virtual host that serves an authority by an exact domain or by the longest wildcard; nil where none
// does.
func (h *hostSet) find(authority string) *virtualHostDraft {
	host := strings.ToLower(authority)
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	if d := h.domains[host]; d != nil {
		return d
	}
	for i := 1; i < len(host); i++ {
		if d := h.domains["*"+host[i:]]; d != nil {
			return d
		}
	}
	return nil
}

// know notes the name of a service before any virtual host is made.
func (h *hostSet) know(name string, port uint32) {
	h.known[name] = true
	h.known[net.JoinHostPort(name, strconv.Itoa(int(port)))] = true
}

// serviceDomains are the authorities by which a service of some name is asked for, and which of them are short forms of
// the name.
func (h *hostSet) serviceDomains(name string, s *mesh.Service, port uint32) (domains, short []string) {
	if h.table != 0 {
		port = 0
	}
	for _, host := range append([]string{name}, s.Aliases...) {
		domains = append(domains, authorities(host, port)...)
		for _, form := range shortForms(h.c.view, host) {
			domains = append(domains, authorities(form, port)...)
			short = append(short, authorities(form, port)...)
		}
	}
	if s.Resolution == mesh.OriginalDst && s.Kubernetes() {
		for _, d := range slices.Clone(domains) {
			domains = append(domains, "*."+d)
		}
	}
	for _, address := range proxy.ServiceAddresses(h.c.view, s) {
		if address != proxy.AnyIPv4 {
			domains = append(domains, authorities(address, port)...)
		}
	}
	return domains, short
}

// authorities are the ways to write a host in a request: alone, and with a port unless that is 0.
func authorities(host string, port uint32) []string {
	if port == 0 {
		return []string{xds.URIHost(host)}
	}
	return []string{xds.URIHost(host), net.JoinHostPort(host, strconv.Itoa(int(port)))}
}

// shortForms are the other names of a host that resolvers accept: the absolute one with a dot at its end, and those of
// Kubernetes Services with their last parts left out, which for services of the client's own namespace includes the
// namespace.
func shortForms(view *mesh.View, host string) []string {
	var out []string
	if _, err := netip.ParseAddr(host); err != nil {
		out = append(out, host+".")
	}
	long, ok := strings.CutSuffix(host, ".svc."+view.Mesh.Settings.Domain)
	name, namespace, dotted := strings.Cut(long, ".")
	switch {
	case !ok || !dotted:
	case namespace == view.Proxy.Namespace:
		out = append(out, name, long+".svc", long)
	default:
		out = append(out, long, long+".svc")
	}
	return out
}

// sort brings the virtual hosts into the order of the table.
func (h *hostSet) sort() {
	slices.SortStableFunc(h.drafts, func(a, b *virtualHostDraft) int { return cmp.Compare(a.host.Name, b.host.Name) })
}

// place gives a virtual host its routes, and records all origins under a table.
func (c *outboundTraffic) place(table string, d *virtualHostDraft) *routev3.VirtualHost {
	d.once.Do(func() {
		d.host.Routes = route.InVirtualHost(c.origins, table, d.host.Name, d.routes())
		c.origins.Put(envoy.VirtualHost(table, d.host.Name), d.origins)
	})
	return d.host
}

// catchAll is the virtual host for the authorities that no other has: what the outbound traffic policy says of them.
func (c *outboundTraffic) catchAll(table string) *routev3.VirtualHost {
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
