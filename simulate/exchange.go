package simulate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
)

// An exchange is an HTTP request on its way through a connection manager.
type exchange struct {
	*run
	manager *manager
	chain   envoy.Addr // the filter chain
	table   *table
	host    *virtualHost
	route   *route
	sent    request  // as the application sent it
	pending *outcome // the answer where there is no route

	splits   []split
	found    int               // how many steps there were before the route was looked for
	stripped []string          // headers that filters took off
	granted  map[string]string // headers that filters added

	aborted     float64 // the share of requests that a fault aborts
	abortStatus int
}

// http reads the connection as HTTP.
func (r *run) http(m *manager, chain envoy.Addr) outcome {
	if r.opaqueTLS() || r.conn.inner == payload {
		return r.unreadable()
	}
	r.req = newRequest(r.call)
	if r.req.unparsed() != "" {
		return r.unreadable()
	}
	r.hop.Authority = r.req.authority
	r.passes(m.unread)
	x := &exchange{run: r, manager: m, chain: chain, sent: *r.req}
	if o := x.codec(); o != nil {
		return *o
	}
	x.prepare()
	if o := x.normalise(); o != nil {
		return *o
	}
	x.find()
	return x.process()
}

// unreadable is the answer to bytes that are no HTTP.
func (r *run) unreadable() outcome {
	o := outcome{verdict: Unsupported, status: 400, flags: "DPE", err: "protocol error", details: "http1.codec_error", body: "Bad Request", reason: "the proxy reads HTTP here, and the client's bytes are none"}
	if r.req != nil {
		o.reason = r.req.unparsed()
	}
	if r.opaqueTLS() {
		o.verdict, o.reason = TLSMismatch, "the proxy reads plaintext HTTP here, and the client speaks TLS"
	}
	r.step("http", "refused", o.reason, at(envoy.Listener(r.hop.Listener)))
	return o
}

// prepare adds what the manager itself tells of the connection.
func (x *exchange) prepare() {
	x.req.encrypted, x.req.principal = x.decrypted, x.peer
	if x.manager.proto.GetUseRemoteAddress().GetValue() && x.manager.proto.GetXffNumTrustedHops() == 0 {
		delete(x.req.headers, "x-forwarded-proto")
	}
	x.req.scheme = x.req.forwardedProto()
	if to := x.manager.proto.GetSchemeHeaderTransformation().GetSchemeToOverwrite(); to != "" {
		x.req.scheme = to
	}
}

// normalise cleans path and authority. Requests that it refuses never reach a route.
func (x *exchange) normalise() *outcome {
	before := x.req.path
	verdict := newNormaliser(x.manager.proto, uint32(x.conn.destination.Port())).apply(x.req)
	switch {
	case verdict == pathRejected:
		return x.refuse("path_normalization_failed", fmt.Sprintf("the path %q is not one that the proxy accepts", before))
	case verdict == pathRedirected:
		return x.redirected(307, x.req.path, "the path has encoded slashes")
	case x.req.path != before:
		x.step("normalise", x.req.path, "the proxy normalises paths before it routes", at(envoy.Listener(x.hop.Listener)))
	}
	return nil
}

// find looks for virtual host and route. What it does not find is answered only after the filters have had their say.
func (x *exchange) find() {
	x.found = len(x.hop.Steps)
	x.hop.RouteConfig = x.manager.rds
	x.table = x.engine.table(x.manager, x.req.authority)
	if x.table == nil {
		x.missing(NoRoute, "no route matched", fmt.Sprintf("the route table %q does not exist", x.manager.rds))
		return
	}
	x.hop.RouteConfig = x.table.name
	x.passes(x.table.unread)
	var because string
	if x.host, because = x.table.virtualHost(x.req.authority); x.host == nil {
		x.step("virtualHost", "none", because, at(envoy.RouteConfig(x.table.name)))
		x.why(func() []Candidate { return x.rejectedHosts(x.table, nil) })
		x.missing(NoVirtualHost, "no virtual host matched", because)
		return
	}
	x.hop.VirtualHost = x.host.name
	x.step("virtualHost", x.host.name, because, at(x.host.addr))
	x.owed(part(x.host.addr, "listener"), "listener", "filterChain")
	x.why(func() []Candidate { return x.rejectedHosts(x.table, x.host) })
	x.passes(x.host.unread)
	if o := x.requireTLS(); o != nil {
		x.pending = o
		return
	}
	x.match()
}

// again looks for the route once more, as filters ask for that learn what routes may depend on. The first search leaves
// no trace.
func (x *exchange) again() {
	later := slices.Clone(x.hop.Steps[x.found:])
	later = slices.DeleteFunc(later, func(s Step) bool { return s.Stage == "virtualHost" || s.Stage == "route" })
	x.hop.Steps = append(x.hop.Steps[:x.found], later...)
	x.hop.VirtualHost, x.hop.Route, x.hop.Policy = "", "", nil
	x.host, x.route, x.pending = nil, nil, nil
	x.find()
}

// missing notes that there is no route.
func (x *exchange) missing(v Verdict, err, reason string) {
	x.pending = &outcome{verdict: v, status: 404, flags: "NR", err: err, details: "route_not_found", reason: reason}
}

// requireTLS answers plaintext requests to a virtual host that wants TLS.
func (x *exchange) requireTLS() *outcome {
	if x.host.proto.GetRequireTls() == routev3.VirtualHost_NONE || x.req.forwardedProto() == "https" {
		return nil
	}
	if x.host.proto.GetRequireTls() == routev3.VirtualHost_EXTERNAL_ONLY && x.internal() {
		return nil
	}
	o := x.redirected(301, "https://"+x.req.authority+x.req.path, "the virtual host requires TLS")
	o.err = "tls required, sending 301"
	return o
}

// internal says whether Envoy takes the request for one from inside: its one address, that of the connection or, where
// proxies before are believed, the one that they forward, is among those that the manager is told are inside.
func (x *exchange) internal() bool {
	forwarded, had := x.req.get("x-forwarded-for")
	if remote := x.manager.proto.GetUseRemoteAddress().GetValue(); remote == had || strings.Contains(forwarded, ",") {
		return false
	}
	from := x.from()
	ranges := prefixes(x.manager.proto.GetInternalAddressConfig().GetCidrRanges())
	return anyOf(ranges, func(p netip.Prefix) bool { return p.Contains(from) })
}

// from is the address that the request comes from: that of the connection, or what trusted proxies wrote.
func (x *exchange) from() netip.Addr {
	m := x.manager.proto
	value, forwarded := x.req.get("x-forwarded-for")
	hops := int(m.GetXffNumTrustedHops())
	if !forwarded || m.GetUseRemoteAddress().GetValue() && hops == 0 {
		return x.conn.source.Addr()
	}
	list := strings.Split(value, ",")
	i := len(list) - 1 - hops
	if m.GetUseRemoteAddress().GetValue() {
		i = len(list) - hops
	}
	if i < 0 || i >= len(list) {
		return x.conn.source.Addr()
	}
	a, err := netip.ParseAddr(strings.TrimSpace(list[i]))
	if err != nil {
		return x.conn.source.Addr()
	}
	return a
}

// match takes the first route of the virtual host whose conditions the request meets.
func (x *exchange) match() {
	for _, t := range x.host.routes {
		x.passes(t.unmatched)
		if _, ok := t.matches(x.req); ok && x.takes(t) {
			x.choose(t)
			return
		}
	}
	reason := x.noRoute()
	x.step("route", "none", reason, at(x.host.addr))
	x.why(func() []Candidate { return x.rejectedRoutes(nil) })
	x.missing(NoRoute, "no route matched", reason)
}

// noRoute says why no route takes the request.
func (x *exchange) noRoute() string {
	switch n := len(x.host.routes); n {
	case 0:
		return fmt.Sprintf("no rule is for the host %s: the virtual host has no routes", x.req.authority)
	case 1:
		return "the one route of the virtual host does not match" + x.nearest()
	default:
		return fmt.Sprintf("none of the %d routes of the virtual host matches", n) + x.nearest()
	}
}

func (x *exchange) choose(t *route) {
	x.route, x.matched, x.sentPath, x.followed = t, t, x.req.path, t.addr
	x.hop.Route = t.name
	x.passes(t.unread)
	x.step("route", t.label, t.says, part(t.addr, "match"), at(t.addr))
	x.why(func() []Candidate { return x.rejectedRoutes(t) })
	if t.action != nil && t.action.limits {
		policy := t.action.policy
		x.hop.Policy = &policy
	}
}

// process passes the request through the filters; the last of them, the router, answers or forwards it.
func (x *exchange) process() outcome {
	if o := x.upgrade(); o != nil {
		x.note(o)
		return *o
	}
	for i := range x.manager.filters {
		f := &x.manager.filters[i]
		if x.route.disables(f.name) {
			continue
		}
		if o := x.filter(f); o != nil {
			x.note(o)
			return x.abortSome(*o)
		}
	}
	if x.pending != nil {
		return x.merge(*x.pending)
	}
	return x.merge(x.abortSome(x.respond()))
}
