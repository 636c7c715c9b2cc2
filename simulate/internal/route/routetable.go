package route

import (
	"cmp"
	"slices"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// A Table is a route configuration. Its virtual hosts are found by name, not by looking at each.
type Table struct {
	proto       *routev3.RouteConfiguration
	Name        string
	hosts       []*VirtualHost
	exact       map[string]*VirtualHost
	suffixes    wildcards // "*.example.com"
	prefixes    wildcards // "example.*"
	any         *VirtualHost
	Unsupported []string
}

// wildcards holds virtual hosts by the fixed part of their domain; lengths are those of the fixed parts, longest first.
type wildcards struct {
	lengths []int
	hosts   map[string]*VirtualHost
}

// NewTable compiles a route table.
func NewTable(c *routev3.RouteConfiguration) *Table {
	t := &Table{proto: c, Name: c.GetName(), exact: map[string]*VirtualHost{}, Unsupported: decision.UnsupportedFields(c, "route table "+c.GetName())}
	for _, v := range c.GetVirtualHosts() {
		host := newVirtualHost(c, v)
		t.hosts = append(t.hosts, host)
		for _, domain := range v.GetDomains() {
			t.add(strings.ToLower(domain), host)
		}
	}
	t.suffixes.sort()
	t.prefixes.sort()
	return t
}

// add enters a domain. Of two equal domains, which Envoy refuses, the first is kept.
func (t *Table) add(domain string, host *VirtualHost) {
	switch {
	case domain == "*":
		t.any = cmp.Or(t.any, host)
	case strings.HasPrefix(domain, "*"):
		t.suffixes.add(domain[1:], host)
	case strings.HasSuffix(domain, "*"):
		t.prefixes.add(domain[:len(domain)-1], host)
	default:
		t.exact[domain] = cmp.Or(t.exact[domain], host)
	}
}

func (w *wildcards) add(fixed string, host *VirtualHost) {
	if w.hosts == nil {
		w.hosts = map[string]*VirtualHost{}
	}
	w.hosts[fixed] = cmp.Or(w.hosts[fixed], host)
}

func (w *wildcards) sort() {
	for fixed := range w.hosts {
		if !slices.Contains(w.lengths, len(fixed)) {
			w.lengths = append(w.lengths, len(fixed))
		}
	}
	slices.SortFunc(w.lengths, func(a, b int) int { return cmp.Compare(b, a) })
}

// find returns the virtual host with the longest fixed part, which cut takes from the host. A wildcard stands for at
// least one character.
func (w *wildcards) find(host string, cut func(host string, length int) string) *VirtualHost {
	for _, n := range w.lengths {
		if n < len(host) {
			if v := w.hosts[cut(host, n)]; v != nil {
				return v
			}
		}
	}
	return nil
}

func lastBytes(s string, n int) string  { return s[len(s)-n:] }
func firstBytes(s string, n int) string { return s[:n] }

// host is the authority as virtual hosts see it.
func (t *Table) host(authority string) string {
	if t.proto.GetIgnorePortInHostMatching() {
		if i := call.PortStart(authority); i >= 0 {
			authority = authority[:i]
		}
	}
	return strings.ToLower(authority)
}

// serves reports whether a virtual host takes an authority.
func (t *Table) serves(authority string) bool {
	v, _ := t.VirtualHost(authority)
	return v != nil
}

// VirtualHost chooses by the authority: an exact domain, else the longest suffix wildcard, else the longest prefix
// wildcard, else "*". The reason is the second result.
func (t *Table) VirtualHost(authority string) (*VirtualHost, decision.Reason) {
	host := t.host(authority)
	if v := t.exact[host]; v != nil {
		return v, decision.HostMatch{Match: decision.ExactDomain, Domain: host, Host: host}
	}
	if v := t.suffixes.find(host, lastBytes); v != nil {
		return v, decision.HostMatch{Match: decision.WildcardDomain, Domain: v.domain(host), Host: host}
	}
	if v := t.prefixes.find(host, firstBytes); v != nil {
		return v, decision.HostMatch{Match: decision.WildcardDomain, Domain: v.domain(host), Host: host}
	}
	if t.any != nil && len(t.hosts) == 1 {
		return t.any, decision.HostMatch{Match: decision.OnlyHost, Host: host}
	}
	if t.any != nil {
		return t.any, decision.HostMatch{Match: decision.AnyHost, Host: host}
	}
	return nil, decision.NoHostMatch{Host: host}
}

// Tables are the route tables of a proxy, compiled when they are first asked for.
type Tables struct {
	Resources envoy.Resources
	Whole     bool // never build a part of a table only

	JoinsHeaders bool // routes compare the values of a repeated header as one
	known        lazy.Map[string, *Table]
}

// Find is the route table of a name, or nil. It may be the part of the table that serves the authority.
func (t *Tables) Find(name, authority string) *Table {
	if known, ok := t.known.Known(name); ok {
		return known
	}
	if finder, ok := t.Resources.(envoy.HostFinder); ok && !t.Whole {
		if c := finder.RouteFor(name, authority); c != nil {
			if part := t.part(c); part.serves(authority) {
				return part
			}
		}
	}
	return t.known.Get(name, func() *Table {
		if c := t.Resources.Route(name); c != nil {
			return NewTable(c)
		}
		return nil
	})
}

// part is a route table with one virtual host.
func (t *Tables) part(c *routev3.RouteConfiguration) *Table {
	key := c.GetName() + "/" + c.GetVirtualHosts()[0].GetName()
	if known, ok := t.known.Known(key); ok {
		return known
	}
	return t.known.Get(key, func() *Table { return NewTable(c) })
}
