package outbound

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
	"sem.example/internal/mesh"
)

// A virtualHost is a virtual host before it has its routes.
type virtualHost struct {
	host    *routev3.VirtualHost
	port    uint32 // of its services
	routes  func() []route.Route
	origins origin.List
	once    sync.Once
}

// A hostSet collects the virtual hosts of one table. A name, and a domain, belongs to whoever comes first.
type hostSet struct {
	view         *mesh.View
	Table        uint32                  // the listener's port; 0 where domains must tell the port
	names        map[string]*virtualHost // by name
	domains      map[string]*virtualHost // in lower case
	known        map[string]bool         // hosts of services, which no short form of another may take
	virtualHosts []*virtualHost
}

func newHostSet(view *mesh.View, port uint32) *hostSet {
	return &hostSet{view: view, Table: port, names: map[string]*virtualHost{}, domains: map[string]*virtualHost{}, known: map[string]bool{}}
}

// add makes a virtual host of a service, or of a host that is none (then the service is nil).
func (h *hostSet) add(host string, s *mesh.Service, port uint32, routes func() []route.Route, origins origin.List) {
	name := net.JoinHostPort(host, strconv.Itoa(int(port)))
	if first := h.names[name]; first != nil {
		first.origins.AddOverridden(origins, "this host")
		return
	}
	vhost := &virtualHost{port: port, routes: routes, origins: origins}
	h.names[name] = vhost
	domains, short := []string{xds.URIHost(host)}, []string(nil)
	if s != nil {
		domains, short = h.serviceDomains(host, s, port)
	}
	vhost.host = &routev3.VirtualHost{Name: name, IncludeRequestAttemptCount: proxy.CountsAttempts(h.view)}
	if h.claim(vhost, domains, short); len(vhost.host.Domains) > 0 {
		h.virtualHosts = append(h.virtualHosts, vhost)
	}
}

// claim takes the domains that are still free. A short form is left out where it is a service's full name.
func (h *hostSet) claim(vhost *virtualHost, domains, short []string) {
	for _, d := range domains {
		lower := strings.ToLower(d)
		if h.domains[lower] != nil || h.known[d] && slices.Contains(short, d) {
			continue
		}
		h.domains[lower] = vhost
		vhost.host.Domains = append(vhost.host.Domains, d)
	}
}

// find returns the virtual host that serves an authority by an exact domain or by the longest wildcard; nil where none
// does.
func (h *hostSet) find(authority string) *virtualHost {
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
	if h.Table != 0 {
		port = 0
	}
	for _, host := range append([]string{name}, s.Aliases...) {
		domains = append(domains, authorities(host, port)...)
		for _, form := range shortForms(h.view, host) {
			domains = append(domains, authorities(form, port)...)
			short = append(short, authorities(form, port)...)
		}
	}
	if s.Resolution == mesh.OriginalDst && s.Kubernetes() {
		for _, d := range slices.Clone(domains) {
			domains = append(domains, "*."+d)
		}
	}
	for _, address := range proxy.DomainAddresses(h.view, s) {
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
	case namespace == view.Proxy().OwnNames():
		out = append(out, name, long+".svc", long)
	default:
		out = append(out, long, long+".svc")
	}
	return out
}

// sort brings the virtual hosts into the order of the table.
func (h *hostSet) sort() {
	slices.SortStableFunc(h.virtualHosts, func(a, b *virtualHost) int { return cmp.Compare(a.host.Name, b.host.Name) })
}

// keepOnly keeps the virtual host of one service, and lets it take every authority.
func (h *hostSet) keepOnly(host string) {
	h.virtualHosts = slices.DeleteFunc(h.virtualHosts, func(d *virtualHost) bool { return !slices.Contains(d.host.Domains, host) })
	if len(h.virtualHosts) == 1 {
		h.virtualHosts[0].host.Domains = []string{"*"}
	}
}

// requirePorts leaves the domains without a port to the hosts of port 80, which a request without one means.
func (h *hostSet) requirePorts() {
	h.virtualHosts = slices.DeleteFunc(h.virtualHosts, func(d *virtualHost) bool {
		if d.port != 80 {
			d.host.Domains = slices.DeleteFunc(d.host.Domains, func(domain string) bool { return !strings.Contains(domain, ":") })
		}
		return len(d.host.Domains) == 0
	})
}
