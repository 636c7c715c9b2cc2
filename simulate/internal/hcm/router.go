package hcm

import (
	"maps"
	"net/http"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/route"
	"sem.example/simulate/internal/upstream"
)

// respond is the router filter: it redirects, answers by itself, or forwards.
func respond(x *Stream) decision.Outcome {
	t := x.Route
	switch {
	case t.Redirect != nil:
		localHeaders(x, t.Headers)
		return *x.redirected(t.Redirect.Code(), t.Redirect.Location(x.Req, t.Path.Matched), decision.RouteRedirects)
	case t.Proto.GetDirectResponse() != nil:
		return direct(x)
	case t.Action != nil:
		return forward(x)
	}
	return x.up.Failed(decision.NoCluster, "NC", "cluster_not_found", decision.NoTarget{Action: false})
}

// direct is the answer that the route itself holds.
func direct(x *Stream) decision.Outcome {
	d := x.Route.Proto.GetDirectResponse()
	localHeaders(x, x.Route.Headers)
	x.Hop.Response = &decision.Response{Status: int(d.GetStatus()), Body: bodyOf(d.GetBody()), Location: place(x, int(d.GetStatus()))}
	reason := decision.LocalResponse{Cause: decision.RouteResponds, Status: int(d.GetStatus())}
	x.Step("directResponse", "", reason, x.spot("response"))
	if x.host.Name == blockAll {
		return decision.Outcome{Verdict: decision.Blackhole, Status: int(d.GetStatus()), Details: "direct_response", Reason: decision.UnregisteredHost{Authority: x.Req.Authority}}
	}
	return decision.Outcome{Verdict: decision.DirectResponse, Status: int(d.GetStatus()), Details: "direct_response", Reason: reason}
}

// place is the location that Envoy names in an answer of the route's own which says that something is elsewhere: as the
// route does not redirect, that of the request.
func place(x *Stream, status int) string {
	if status != http.StatusCreated && status/100 != 3 {
		return ""
	}
	return x.Req.Scheme + "://" + x.Req.Authority + x.Req.Path
}

// forward sends the request to the clusters of the route.
func forward(x *Stream) decision.Outcome {
	clusters := x.Route.Action.Clusters
	ways := make([]upstream.Selection, 0, len(clusters))
	for i := range clusters {
		req := x.Req
		if len(clusters) > 1 {
			req = x.Req.Clone()
		}
		ops := leaves(x, &clusters[i], req)
		w := x.up.Select(clusters[i].ClusterFor(req), clusters[i].Share, req, decision.DestinationAt(x.Route.Addr, i))
		if w.Cluster == nil {
			w.Outcome.Status = x.Route.Action.UnknownStatus
		}
		nameHost(x, &w)
		overrideALPN(x, &w)
		w.Rewrite, w.Headers = change(x, req), ops
		setCookies(x, &w)
		if o := misnamed(req); o != nil && len(w.Endpoints) > 0 {
			w.Outcome = *o
		}
		ways = append(ways, w)
	}
	if len(ways) > 0 {
		best := x.up.Pick(ways)
		x.Hop.Headers = ways[best].Headers
		rewritten(x, ways[best].Rewrite)
	}
	limited(x)
	return x.up.Send(ways)
}

// leaves changes the request to what the upstream of a cluster receives.
func leaves(x *Stream, t *route.WeightedCluster, req *request.Request) *decision.HeaderOps {
	ops := &decision.HeaderOps{Request: strip(x, route.Apply(t.Headers.Request, req.Headers)), Response: last(x, answerHeaders(x, t.Headers))}
	if t.Host != "" {
		req.Authority = t.Host
	}
	x.Route.Action.Rewrite.Apply(req, x.Route.Path.Matched)
	if ops.Request == nil && ops.Response == nil {
		return nil
	}
	return ops
}

// answerHeaders are the operations on the headers of an answer: first those of the route, then those of the filters before the
// router, the last of which sees the answer first.
func answerHeaders(x *Stream, p route.HeaderOperations) *decision.HeaderChange {
	return route.Apply(slices.Concat(p.Response, x.answers), map[string][]string{})
}

// strip adds the headers that filters took off or added to those that the route removes and sets. The route comes last.
func strip(x *Stream, c *decision.HeaderChange) *decision.HeaderChange {
	if x.edits.Empty() {
		return c
	}
	if c == nil {
		c = &decision.HeaderChange{}
	}
	for _, name := range slices.Sorted(maps.Keys(x.edits.Added)) {
		_, set := c.Set[name]
		switch more, adds := c.Add[name]; {
		case set, slices.Contains(c.Remove, name):
		case adds:
			delete(c.Add, name)
			request.Put(&c.Set, name, x.edits.Added[name]+","+more)
		default:
			request.Put(&c.Set, name, x.edits.Added[name])
		}
	}
	for name, value := range x.edits.Appended {
		_, set := c.Set[name]
		switch more, adds := c.Add[name]; {
		case set, slices.Contains(c.Remove, name):
		case adds:
			c.Add[name] = value + "," + more
		default:
			request.Put(&c.Add, name, value)
		}
	}
	gone := slices.DeleteFunc(slices.Clone(x.edits.Removed), func(name string) bool {
		_, set := c.Set[name]
		return set || name == expectedTimeout && x.expects()
	})
	c.Remove = append(gone, c.Remove...)
	return c
}

// expectedTimeout is the header in which the router says how long it waits for the answer.
const expectedTimeout = "x-envoy-expected-rq-timeout-ms"

// expects reports whether the router waits for the answer for a limited time.
func (x *Stream) expects() bool {
	p := &x.Route.Action.Policy
	return p.Timeout != "" && p.Timeout != "0s" || p.Retries != nil && p.Retries.PerTryTimeout != ""
}

// last takes out of what a route does to an answer the headers that the connection manager writes after it: its own name,
// unless it is told not to, and a date where there is none.
func last(x *Stream, c *decision.HeaderChange) *decision.HeaderChange {
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
func nameHost(x *Stream, w *upstream.Selection) {
	if !x.Route.Action.Rewrite.AutoHost || len(w.Endpoints) == 0 {
		return
	}
	e := upstream.Likeliest(w.Endpoints)
	switch {
	case e.Hostname != "":
		w.Req.Authority = e.Hostname
	case w.Cluster.Destination.Resolution == upstream.ByDNS:
		w.Req.Authority = e.Address
	}
}

// change is what the upstream receives where it differs from what the application sent.
func change(x *Stream, req *request.Request) *decision.Rewrite {
	var out decision.Rewrite
	if req.Path != x.sent.Path {
		out.Path = &decision.Change{From: x.sent.Path, To: req.Path}
	}
	if req.Authority != x.sent.Authority {
		out.Authority = &decision.Change{From: x.sent.Authority, To: req.Authority}
	}
	if out == (decision.Rewrite{}) {
		return nil
	}
	return &out
}

// rewritten records what happens to path and authority.
func rewritten(x *Stream, r *decision.Rewrite) {
	if x.Hop.Rewrite = r; r == nil {
		return
	}
	if c := r.Path; c != nil {
		x.Step("rewrite", "", decision.PathRewritten{Change: *c}, x.spot("rewrite/path"), x.spot("rewrite"))
	}
	if c := r.Authority; c != nil {
		x.Step("rewrite", "", decision.AuthorityRewritten{Change: *c}, x.spot("rewrite/authority"), x.spot("rewrite"))
	}
}

// localHeaders records the header operations of an answer that the proxy gives itself.
func localHeaders(x *Stream, p route.HeaderOperations) {
	if response := last(x, answerHeaders(x, p)); response != nil {
		x.Hop.Headers = &decision.HeaderOps{Response: response}
	}
}

// abortSome accounts for the share of requests that a fault aborts, before the filters behind it are asked.
func abortSome(x *Stream, o decision.Outcome) decision.Outcome {
	if x.aborted == 0 {
		return o
	}
	fault := decision.Outcome{Verdict: decision.FaultAborted, Status: x.abortStatus, Flags: "FI", Details: "fault_filter_abort", Reason: decision.LocalResponse{Cause: decision.FaultInjected}}
	if x.aborted < 1 && x.up.Call.Random == nil {
		divide(x.Hop, 1-x.aborted, o.Verdict)
		x.Hop.Branches = append(x.Hop.Branches, decision.Branch{Share: x.aborted, Verdict: decision.FaultAborted})
	}
	if !x.up.Chance(x.aborted) {
		return o
	}
	x.Hop.Response = nil
	return fault
}

// bodyOf is the text of an answer that is in the configuration itself.
func bodyOf(d *corev3.DataSource) string {
	if text := d.GetInlineString(); text != "" {
		return text
	}
	return string(d.GetInlineBytes())
}

// blockAll is the virtual host that Istio gives a route table where hosts that are not registered are blocked.
const blockAll = "block_all"
