package simulate

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/envoy"
)

// respond is the router filter: it redirects, answers by itself, or forwards.
func (x *exchange) respond() outcome {
	t := x.route
	switch {
	case t.redirect != nil:
		x.plan(t.headers)
		return *x.redirected(t.redirect.code(), t.redirect.location(x.req, t.path.matched), "the route redirects")
	case t.proto.GetDirectResponse() != nil:
		return x.direct()
	case t.action != nil:
		return x.forward()
	}
	return x.failed(NoCluster, "NC", "cluster_not_found", "the route forwards nothing: it has no cluster")
}

// redirected is the answer that sends the client elsewhere.
func (x *exchange) redirected(status int, location, because string) *outcome {
	x.hop.Response = &Response{Status: status, Location: location}
	x.step("redirect", location, because, x.spot("redirect"))
	return &outcome{verdict: Redirected, status: status, details: "direct_response", reason: because}
}

// direct is the answer that the route itself holds.
func (x *exchange) direct() outcome {
	d := x.route.proto.GetDirectResponse()
	x.plan(x.route.headers)
	x.hop.Response = &Response{Status: int(d.GetStatus()), Body: bodyOf(d.GetBody()), Location: x.place(int(d.GetStatus()))}
	x.step("directResponse", statusText(int(d.GetStatus())), "the route answers by itself", x.spot("response"))
	if x.host.name == blockAll {
		return outcome{verdict: Blackhole, status: int(d.GetStatus()), details: "direct_response", reason: fmt.Sprintf("the host %s is not registered, and unknown hosts are blocked", x.req.authority)}
	}
	return outcome{verdict: DirectResponse, status: int(d.GetStatus()), details: "direct_response", reason: "the route answers by itself"}
}

// place is the location that Envoy names in an answer of the route's own which says that something is elsewhere: as the
// route does not redirect, that of the request.
func (x *exchange) place(status int) string {
	if status != http.StatusCreated && status/100 != 3 {
		return ""
	}
	return x.req.scheme + "://" + x.req.authority + x.req.path
}

// answer is a local reply of a filter that does what it should.
func (x *exchange) answer(status int, reason string) *outcome {
	x.hop.Response = &Response{Status: status}
	return &outcome{verdict: DirectResponse, status: status, reason: reason}
}

// refuse is a local reply to a request that the connection manager does not accept.
func (x *exchange) refuse(details, reason string) *outcome {
	x.hop.Response = &Response{Status: 400}
	return &outcome{verdict: Denied, status: 400, err: "bad request", details: details, reason: reason}
}

// forward sends the request to the clusters of the route.
func (x *exchange) forward() outcome {
	targets := x.route.action.targets
	ways := make([]way, 0, len(targets))
	changes := make([]*HeaderOps, 0, len(targets))
	for i := range targets {
		req := x.req
		if len(targets) > 1 {
			req = x.req.clone()
		}
		ops := x.leaves(&targets[i], req)
		w := x.way(targets[i].name(req), targets[i].share, req, targetAt(x.route.addr, i))
		if w.cluster == nil {
			w.outcome.status = x.route.action.unknownStatus
		}
		x.nameHost(&w)
		x.overrideALPN(&w)
		w.rewrite = x.change(req)
		if o := misnamed(req); o != nil && len(w.endpoints) > 0 {
			w.outcome = *o
		}
		ways, changes = append(ways, w), append(changes, ops)
	}
	if len(ways) > 0 {
		best := x.pick(ways)
		x.hop.Headers = changes[best]
		x.rewritten(ways[best].rewrite)
	}
	x.limited()
	return x.take(ways)
}

// leaves changes the request to what the upstream of a target receives.
func (x *exchange) leaves(t *weighted, req *request) *HeaderOps {
	ops := &HeaderOps{Request: x.strip(apply(t.headers.request, req.headers)), Response: x.last(apply(t.headers.response, map[string][]string{}))}
	if t.host != "" {
		req.authority = t.host
	}
	x.route.action.rewrite.apply(req, x.route.path.matched)
	if ops.Request == nil && ops.Response == nil {
		return nil
	}
	return ops
}

// strip adds the headers that filters took off or added to those that the route removes and sets. The route comes last.
func (x *exchange) strip(c *HeaderChange) *HeaderChange {
	if len(x.stripped)+len(x.granted) == 0 {
		return c
	}
	if c == nil {
		c = &HeaderChange{}
	}
	for _, name := range slices.Sorted(maps.Keys(x.granted)) {
		_, set := c.Set[name]
		switch more, adds := c.Add[name]; {
		case set, slices.Contains(c.Remove, name):
		case adds:
			delete(c.Add, name)
			put(&c.Set, name, x.granted[name]+","+more)
		default:
			put(&c.Set, name, x.granted[name])
		}
	}
	gone := slices.DeleteFunc(slices.Clone(x.stripped), func(name string) bool { _, set := c.Set[name]; return set })
	c.Remove = append(gone, c.Remove...)
	return c
}

// last takes out of what a route does to an answer the headers that the connection manager writes after it: its own name,
// unless it is told not to, and a date where there is none.
func (x *exchange) last(c *HeaderChange) *HeaderChange {
	if c == nil {
		return nil
	}
	forget := func(name string) {
		c.Remove = slices.DeleteFunc(c.Remove, func(n string) bool { return n == name })
	}
	forget("date")
	switch x.manager.proto.GetServerHeaderTransformation() {
	case hcmv3.HttpConnectionManager_OVERWRITE:
		delete(c.Set, "server")
		delete(c.Add, "server")
		forget("server")
	case hcmv3.HttpConnectionManager_APPEND_IF_ABSENT:
		forget("server")
	}
	if len(c.Set)+len(c.Add)+len(c.Remove) == 0 {
		return nil
	}
	return c
}

// nameHost makes the name of the endpoint the authority, where the route says so and the cluster knows names.
func (x *exchange) nameHost(w *way) {
	if !x.route.action.rewrite.autoHost || len(w.endpoints) == 0 {
		return
	}
	e := likeliest(w.endpoints)
	switch {
	case e.hostname != "":
		w.req.authority = e.hostname
	case w.cluster.destination.Resolution == byDNS:
		w.req.authority = e.Address
	}
}

// change is what the upstream receives where it differs from what the application sent.
func (x *exchange) change(req *request) *Rewrite {
	var out Rewrite
	if req.path != x.sent.path {
		out.Path = &Change{x.sent.path, req.path}
	}
	if req.authority != x.sent.authority {
		out.Authority = &Change{x.sent.authority, req.authority}
	}
	if out == (Rewrite{}) {
		return nil
	}
	return &out
}

// rewritten records what becomes of path and authority.
func (x *exchange) rewritten(r *Rewrite) {
	if x.hop.Rewrite = r; r == nil {
		return
	}
	if c := r.Path; c != nil {
		x.step("rewrite", "path "+c.From+" → "+c.To, "", x.spot("rewrite/path"), x.spot("rewrite"))
	}
	if c := r.Authority; c != nil {
		x.step("rewrite", "authority "+c.From+" → "+c.To, "", x.spot("rewrite/authority"), x.spot("rewrite"))
	}
}

// plan records the header operations of an answer that the proxy gives itself.
func (x *exchange) plan(p headerPlan) {
	if response := x.last(apply(p.response, map[string][]string{})); response != nil {
		x.hop.Headers = &HeaderOps{Response: response}
	}
}

// abortSome accounts for the share of requests that a fault aborts, before the filters behind it are asked.
func (x *exchange) abortSome(o outcome) outcome {
	if x.aborted == 0 {
		return o
	}
	fault := outcome{verdict: FaultAborted, status: x.abortStatus, flags: "FI", details: "fault_filter_abort", reason: "the route injects a fault"}
	if x.aborted < 1 && x.call.Random == nil {
		x.divide(1-x.aborted, o.verdict)
		x.hop.Branches = append(x.hop.Branches, Branch{Share: x.aborted, Verdict: FaultAborted})
	}
	if !x.chance(x.aborted) {
		return o
	}
	x.hop.Response = nil
	return fault
}

// note names the cluster of the route, which has been chosen, where a filter answers before the router does: Envoy's log
// names it too.
func (x *exchange) note(o *outcome) {
	if x.route != nil && x.route.action != nil {
		x.ahead(x.route.action.targets, *o)
	}
}

// spot is a part of the route; of the virtual host or the table where there is none.
func (x *exchange) spot(name string) spot {
	if x.route == nil && x.host != nil {
		return part(x.host.addr, name)
	}
	if x.route == nil {
		return at(envoy.RouteConfig(x.hop.RouteConfig))
	}
	return part(x.route.addr, name)
}

// bodyOf is the text of an answer that stands in the configuration itself.
func bodyOf(d *corev3.DataSource) string {
	if text := d.GetInlineString(); text != "" {
		return text
	}
	return string(d.GetInlineBytes())
}
