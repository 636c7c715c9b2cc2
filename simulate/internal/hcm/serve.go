package hcm

import (
	"sem.example/internal/envoy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/route"
	"sem.example/simulate/internal/upstream"
)

// Serve reads the connection as HTTP.
func (x *Stream) Serve() decision.Outcome {
	if x.conn.Opaque() || x.conn.Inner == call.Payload {
		return x.unreadable()
	}
	x.Req = request.NewRequest(x.up.Call)
	x.Req.Joined = x.tables.JoinsHeaders
	x.up.Req = x.Req
	if err, _ := x.Req.Unparsed(); err != 0 {
		return x.unreadable()
	}
	x.Hop.Authority = x.Req.Authority
	x.NotModelled(x.manager.unsupported...)
	x.sent = *x.Req
	if o := codec(x); o != nil {
		return *o
	}
	prepare(x)
	if o := normalise(x); o != nil {
		return *o
	}
	x.serveAgain = fork
	findRoute(x)
	return x.process()
}

// unreadable is the response to bytes that are not HTTP.
func (x *Stream) unreadable() decision.Outcome {
	o := decision.Outcome{Verdict: decision.Unsupported, Status: 400, Flags: "DPE", Err: "protocol error", Details: "http1.codec_error", Body: "Bad Request", Reason: decision.InvalidRequest{Error: decision.NotHTTP}}
	if x.Req != nil {
		err, text := x.Req.Unparsed()
		o.Reason = decision.InvalidRequest{Error: err, Text: text}
	}
	if x.conn.Opaque() {
		o.Verdict, o.Reason = decision.TLSMismatch, decision.InvalidRequest{Error: decision.TLSForPlaintext}
	}
	x.Step("http", "refused", o.Reason, decision.At(envoy.Listener(x.Hop.Listener)))
	return o
}

// process passes the request through the filters; the last of them, the router, responds or forwards it.
func (x *Stream) process() decision.Outcome {
	if o := upgrade(x); o != nil {
		x.announceCluster(o)
		return *o
	}
	for i := range x.manager.filters {
		f := &x.manager.filters[i]
		if !x.Route.Runs(f.name, !f.disabled) {
			continue
		}
		if o := filter(x, f); o != nil {
			x.announceCluster(o)
			return abortSome(x, *o)
		}
	}
	if x.pending != nil {
		return x.merge(abortSome(x, *x.pending))
	}
	return x.merge(abortSome(x, respond(x)))
}

// announceCluster names the cluster of the route, which has been chosen, where a filter responds before the router does: Envoy's
// access log names it too.
func (x *Stream) announceCluster(o *decision.Outcome) {
	if x.Route == nil || x.Route.Action == nil {
		return
	}
	var ways []upstream.Selection
	for _, t := range x.Route.Action.Clusters {
		ways = append(ways, upstream.Selection{Name: t.ClusterFor(x.Req), Share: t.Share, Outcome: *o})
	}
	x.up.Announce(ways)
}

// prepare adds what the manager itself knows of the connection.
func prepare(x *Stream) {
	x.Req.Encrypted, x.Req.Principal = x.conn.Decrypted, x.conn.Peer
	x.from = x.manager.remote(x.Req, x.conn)
	x.inside = x.manager.internal(x.Req, x.conn)
	sanitise(x)
	if x.Req.Scheme == "" {
		x.Req.Scheme = x.Req.ForwardedProto() // HTTP/1.1 does not name one
	}
	if to := x.manager.proto.GetSchemeHeaderTransformation().GetSchemeToOverwrite(); to != "" {
		x.Req.Scheme = to
	}
}

// normalise cleans path and authority. Requests that it refuses never reach a route.
func normalise(x *Stream) *decision.Outcome {
	before := x.Req.Path
	verdict := request.NewNormaliser(x.manager.proto, uint32(x.conn.Destination.Port())).Apply(x.Req)
	switch {
	case verdict == request.PathRejected:
		x.Hop.Response = &decision.Response{Status: 400}
		return &decision.Outcome{Verdict: decision.Denied, Status: 400, Err: "bad request", Details: "path_normalization_failed", Reason: decision.InvalidRequest{Error: decision.PathNotAccepted, Text: before}}
	case verdict == request.PathRedirected:
		return x.redirected(307, x.Req.Path, decision.EscapedSlashes)
	case x.Req.Path != before:
		x.Step("normalise", x.Req.Path, decision.PathNormalised{}, decision.At(envoy.Listener(x.Hop.Listener)))
	}
	return nil
}

// fork serves the request from the start with other decisions about runtime fractions.
func fork(x *Stream, fractions map[*route.Route]bool) other {
	hop := &decision.Hop{Proxy: x.Hop.Proxy, Direction: x.Hop.Direction, Listener: x.Hop.Listener}
	up := *x.up
	up.Recorder = decision.NewRecorder(x.Places, false, hop)
	f := NewStream(x.manager, x.chain, &up, x.tables)
	f.fractions = fractions
	return other{hop: hop, verdict: f.Serve().Verdict}
}
