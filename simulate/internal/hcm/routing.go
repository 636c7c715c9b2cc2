package hcm

import (
	"maps"
	"slices"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/route"
)

// findRoute looks for virtual host and route. What it does not find is answered only after the filters have run.
func findRoute(x *Stream) {
	x.lookups = len(x.Hop.Steps)
	x.Hop.RouteConfig = x.manager.rds
	if x.table = x.manager.inline; x.table == nil {
		x.table = x.tables.Find(x.manager.rds, x.Req.Authority)
	}
	if x.table == nil {
		x.missing(decision.NoRoute, "no route matched", decision.NoRouteTable{Name: x.manager.rds})
		return
	}
	x.Hop.RouteConfig = x.table.Name
	x.NotModelled(x.table.Unsupported...)
	var reason decision.Reason
	if x.host, reason = x.table.VirtualHost(x.Req.Authority); x.host == nil {
		x.Step("virtualHost", "none", reason, decision.At(envoy.RouteConfig(x.table.Name)))
		x.Rejects(func() []decision.Candidate { return x.table.Rejected(nil, x.Places) })
		x.missing(decision.NoVirtualHost, "no virtual host matched", reason)
		return
	}
	x.Hop.VirtualHost = x.host.Name
	x.Step("virtualHost", x.host.Name, reason, decision.At(x.host.Addr))
	x.Attribute(decision.Part(x.host.Addr, "listener"), x.conn.Destination.Port(), "listener", "filterChain")
	x.Rejects(func() []decision.Candidate { return x.table.Rejected(x.host, x.Places) })
	x.NotModelled(x.host.Unsupported...)
	if o := x.requireTLS(); o != nil {
		x.pending = o
		return
	}
	x.match()
}

// findRouteAgain looks for the route once more, as filters ask for that learn what routes may depend on. The first search
// leaves no steps.
func findRouteAgain(x *Stream) {
	later := slices.Clone(x.Hop.Steps[x.lookups:])
	later = slices.DeleteFunc(later, func(s decision.Step) bool { return s.Stage == "virtualHost" || s.Stage == "route" })
	x.Hop.Steps = append(x.Hop.Steps[:x.lookups], later...)
	x.Hop.VirtualHost, x.Hop.Route, x.Hop.Policy = "", "", nil
	x.host, x.Route, x.pending = nil, nil, nil
	findRoute(x)
}

// missing notes that there is no route.
func (x *Stream) missing(v decision.Verdict, err string, reason decision.Reason) {
	x.pending = &decision.Outcome{Verdict: v, Status: 404, Flags: "NR", Err: err, Details: "route_not_found", Reason: reason}
}

// requireTLS redirects plaintext requests to a virtual host that wants TLS.
func (x *Stream) requireTLS() *decision.Outcome {
	if x.host.Proto.GetRequireTls() == routev3.VirtualHost_NONE || x.Req.ForwardedProto() == "https" {
		return nil
	}
	if x.host.Proto.GetRequireTls() == routev3.VirtualHost_EXTERNAL_ONLY && x.inside {
		return nil
	}
	o := x.redirected(301, "https://"+x.Req.Authority+x.Req.Path, decision.RequiresTLS)
	o.Err = "tls required, sending 301"
	return o
}

// match takes the first route of the virtual host whose conditions the request meets.
func (x *Stream) match() {
	for _, t := range x.host.Routes {
		x.NotModelled(t.Unmatched...)
		if _, ok := t.Matches(x.Req); ok && x.takes(t) {
			x.choose(t)
			return
		}
	}
	reason := x.host.NoRoute(x.Req)
	x.Step("route", "none", reason, decision.At(x.host.Addr))
	x.Rejects(func() []decision.Candidate { return x.host.Rejected(x.Req, nil, x.Places) })
	x.missing(decision.NoRoute, "no route matched", reason)
}

func (x *Stream) choose(t *route.Route) {
	x.Route, x.Path = t, x.Req.Path
	x.Hop.Route = t.Name
	x.NotModelled(t.Unsupported...)
	x.Step("route", t.Label, t.Demands, decision.Part(t.Addr, "match"), decision.At(t.Addr))
	x.Rejects(func() []decision.Candidate { return x.host.Rejected(x.Req, t, x.Places) })
	x.Hop.Facts.Behind = x.host.Behind(x.Req, t, x.Places)
	if t.Action != nil && t.Action.Limits {
		policy := t.Action.Policy
		x.Hop.Policy = &policy
	}
}

// An other is the outcome for the requests that a runtime fraction decides the other way.
type other struct {
	share   float64 // of the requests that are decided as this one is
	hop     *decision.Hop
	verdict decision.Verdict
}

// takes reports whether the request takes a route that it matches. Of a route with a runtime fraction the likelier half
// is followed, and the request is served once more for the other.
func (x *Stream) takes(t *route.Route) bool {
	if t.Share == 0 || t.Share == 1 {
		return t.Share == 1
	}
	takes, known := x.fractions[t]
	if !known {
		takes = x.up.Chance(t.Share)
		x.decide(t, takes)
	}
	return takes
}

func (x *Stream) decide(t *route.Route, takes bool) {
	if x.up.Call.Random == nil {
		o := x.serveAgain(x, with(maps.Clone(x.fractions), t, !takes))
		o.share = max(t.Share, 1-t.Share)
		x.others = append(x.others, o)
	}
	x.fractions = with(x.fractions, t, takes)
}

func with(m map[*route.Route]bool, t *route.Route, takes bool) map[*route.Route]bool {
	if m == nil {
		m = map[*route.Route]bool{}
	}
	m[t] = takes
	return m
}

// merge adds the outcomes of the other requests to the branches of the hop.
func (x *Stream) merge(o decision.Outcome) decision.Outcome {
	for _, s := range slices.Backward(x.others) {
		divide(x.Hop, s.share, o.Verdict)
		divide(s.hop, 1-s.share, s.verdict)
		x.Hop.Branches = append(x.Hop.Branches, s.hop.Branches...)
	}
	return o
}

// divide leaves the branches that there are a share of the requests; without branches the hop itself becomes one.
func divide(h *decision.Hop, left float64, v decision.Verdict) {
	if len(h.Branches) == 0 {
		h.Branches = []decision.Branch{{Share: 1, Cluster: h.Cluster, Endpoints: h.Endpoints, Verdict: v}}
	}
	for i := range h.Branches {
		h.Branches[i].Share *= left
	}
}
