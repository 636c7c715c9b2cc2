package diff

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tcpproxyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"

	"sem.example/internal/clustername"
	"sem.example/internal/envoy"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// A Route is what a proxy does with a set of requests: those that meet one of its routes and none before it, those to a host
// that meet no route, or the connections that a filter chain forwards unread.
type Route struct {
	Region    Region
	Otherwise bool            // the requests that meet no route
	None      Absence         // why there are none, or none was found; "" where there are
	Witness   simulate.Call   // one of them
	Trace     *simulate.Trace // of the witness; nil where the search found none
	Written   *simulate.Place // of the route; nil where it is not known, or there is none
}

// An Absence is why no request takes a route.
type Absence string

// The absences.
const (
	Impossible Absence = "impossible" // no request to the host meets the conditions
	Covered    Absence = "covered"    // the routes before it take them all
	NotFound   Absence = "not found"  // the search reached its bound, or a condition is not modelled
)

// Routes lists what a proxy does with requests, in the order in which its listeners, hosts and routes are tried.
func Routes(proxy simulate.Proxy, s Side, search *Search) []Route {
	r := &lister{proxy: proxy, part: newPart(proxy, s), search: search, steps: maxSteps}
	defer search.begin()()
	r.origins.Resources = r.resources
	tables := map[string]bool{}
	for _, name := range sortedKeys(r.listeners) {
		l := r.listeners[name]
		for _, e := range entries(l) {
			if key := fmt.Sprint(e.table, e.call.Port, e.call.TLS); !tables[key] {
				tables[key] = true
				r.table(e)
			}
		}
		for _, chain := range l.GetFilterChains() {
			r.unread(l, chain)
		}
	}
	return r.routes
}

// A lister gathers the routes of a proxy.
type lister struct {
	*part
	proxy   simulate.Proxy
	origins decision.Origins
	routes  []Route
	search  *Search
	steps   int // that automata have left
}

// over reports whether the work has reached a limit.
func (r *lister) over() bool { return r.steps <= 0 || r.search.over() }

// table adds the routes of a table, host by host.
func (r *lister) table(e entry) {
	config := r.resources.Route(e.table)
	if config == nil {
		return
	}
	t := newTable(r.normalizer, r.rules, config)
	for _, at := range cells(t, t) {
		hosts := region{hosts: at.language(), example: at.example, paths: e.paths, left: &r.steps}
		rules := t.list(at.old).rules
		for i, one := range rules {
			addr := envoy.Route(e.table, at.old.GetName(), i)
			r.route(e, t, at, demanding(hosts, one.conditions), rules[:i], addr)
		}
		if at.old != nil {
			r.route(e, t, at, hosts, rules, "")
		}
	}
}

// demanding narrows a region to the requests that meet conditions.
func demanding(r region, conditions []*condition) region {
	for _, c := range conditions {
		r = r.with(c, true)
	}
	return r
}

// route adds a region without the requests that rules take: what is left takes the route of an address, or none.
func (r *lister) route(e entry, t *table, at *cell, of region, before []rule, takes envoy.Addr) {
	otherwise := takes == ""
	one := Route{Otherwise: otherwise, Region: Region{Table: e.table, Hosts: hostsOf(e, at), Port: e.call.Port, Conditions: asWritten(of)}}
	if places := r.origins.Places(decision.Part(takes, "match"), decision.At(takes)); takes != "" && len(places) > 0 {
		one.Written = &places[0]
	}
	left, found := (&walk{over: r.over}).avoid(of, before)
	impossible := slices.ContainsFunc(of.tests, func(t test) bool { _, f := of.find(t.about); return f == none })
	switch {
	case otherwise && found == none:
		return
	case impossible:
		one.None = Impossible
	case found == none:
		one.None = Covered
	case found == unknown:
		one.None = NotFound
	default:
		one.Witness = r.witness(e, t, at, left)
		if one.Trace = r.Ask(one.Witness); one.Trace == nil || one.Trace.Hops[0].Facts.Route != takes {
			one.Trace, one.None = nil, NotFound // a condition that the search does not model
		}
	}
	r.routes = append(r.routes, one)
}

// witness is a request of a region.
func (r *lister) witness(e entry, t *table, at *cell, of region) simulate.Call {
	call := e.call
	call.Proxy = r.proxy
	if call.SNI != "" {
		call.SNI = at.example
	}
	host := at.example // what clients ask a gateway for is not the port that it listens on
	if r.proxy.Type != "gateway" {
		host = authority(t, t, at, call.Port)
	}
	return write(call, values(of), host)
}

// hostsOf are the domains of a cell. A table that one address alone leads to has any, and the name of its service.
func hostsOf(e entry, at *cell) []string {
	if name, _, _ := strings.Cut(at.old.GetName(), ":"); e.call.Address != "" && at.hosts[0] == "*" && strings.Contains(name, ".") {
		return []string{name}
	}
	return at.hosts
}

// asWritten are the conditions of a route, also those that others imply.
func asWritten(r region) []Condition {
	var out []Condition
	for _, t := range r.tests {
		out = append(out, Condition{t.says, t.met})
	}
	return out
}

// unread adds the connections that a filter chain forwards without reading them.
func (r *lister) unread(l *listenerv3.Listener, chain *listenerv3.FilterChain) {
	host, forwards := forwardedTo(chain)
	call := callInto(l, chain)
	if call.Address == anyIPv6 {
		call.Address = "" // the reader's client finds the address of the host
	}
	if !forwards || call.Port == interceptionPort {
		return
	}
	names := chain.GetFilterChainMatch().GetServerNames()
	scheme := "tcp"
	if call.TLS != "" {
		scheme = "tls"
	}
	if len(names) > 0 {
		host = call.SNI
	}
	if call.Address == "" {
		call.Address = addressOf(chain)
	}
	call.Protocol, call.Proxy = "", r.proxy
	call.URL = fmt.Sprintf("%s://%s:%d", scheme, host, call.Port)
	hosts := names
	if len(hosts) == 0 {
		hosts = []string{host}
	}
	r.routes = append(r.routes, Route{
		Region: Region{Listener: l.GetName(), Hosts: hosts, Port: call.Port}, Witness: call, Trace: r.Ask(call),
	})
}

// interceptionPort is where a sidecar receives what it intercepts. What is sent to the port itself is not forwarded.
const interceptionPort = 15001

// forwardedTo returns the host that a filter chain forwards bytes to, and reports whether it forwards bytes.
func forwardedTo(chain *listenerv3.FilterChain) (string, bool) {
	for _, f := range chain.GetFilters() {
		if f.GetTypedConfig().MessageIs(&hcmv3.HttpConnectionManager{}) {
			return "", false
		}
		proxy := &tcpproxyv3.TcpProxy{}
		if f.GetTypedConfig().UnmarshalTo(proxy) != nil {
			continue
		}
		cluster := proxy.GetCluster()
		if weighted := proxy.GetWeightedClusters().GetClusters(); len(weighted) > 0 {
			cluster = weighted[0].GetName()
		}
		name, ok := clustername.Parse(cluster)
		return name.Host, ok
	}
	return "", false
}

// addressOf is an address that a filter chain asks for, "" where it takes any.
func addressOf(chain *listenerv3.FilterChain) string {
	for _, p := range chain.GetFilterChainMatch().GetPrefixRanges() {
		if a, err := netip.ParseAddr(p.GetAddressPrefix()); err == nil {
			return a.String()
		}
	}
	return ""
}
