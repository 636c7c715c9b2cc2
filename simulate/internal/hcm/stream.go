package hcm

import (
	"net/netip"

	"sem.example/internal/envoy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/route"
	"sem.example/simulate/internal/upstream"
)

// A Stream is one HTTP request in a connection manager.
type Stream struct {
	*decision.Recorder
	up      *upstream.Forwarder
	tables  *route.Tables
	conn    *call.Connection
	manager *ConnectionManager
	chain   envoy.Addr // the filter chain
	Req     *request.Request
	sent    request.Request   // as the application sent it
	from    netip.Addr        // where the client is, as the connection or trusted proxies say
	inside  bool              // which is inside, as the manager is told
	pending *decision.Outcome // the response where there is no route

	// What was found.
	table      *route.Table
	host       *route.VirtualHost
	Route      *route.Route
	Path       string // that matched the route
	lookups    int    // how many steps there were before the route was looked for
	fractions  map[*route.Route]bool
	others     []other
	serveAgain func(x *Stream, fractions map[*route.Route]bool) other // serves the request with other decisions about runtime fractions

	reported    map[reportKey]string // rules that shadow rules matched, for filters behind
	edits       request.Edits        // what filters did to the headers
	answers     []route.HeaderLevel  // what filters do to the headers of the answer
	aborted     float64              // the share of requests that a fault aborts
	abortStatus int
	NeverFires  bool // the route has a fault that no request meets
}

// NewStream begins the request of a connection that a filter chain hands to a connection manager.
func NewStream(m *ConnectionManager, chain envoy.Addr, up *upstream.Forwarder, tables *route.Tables) *Stream {
	return &Stream{Recorder: up.Recorder, up: up, tables: tables, conn: up.Conn, manager: m, chain: chain}
}

// spot is a part of the route; of the virtual host or the table where there is none.
func (x *Stream) spot(name string) decision.Ref {
	if x.Route == nil && x.host != nil {
		return decision.Part(x.host.Addr, name)
	}
	if x.Route == nil {
		return decision.At(envoy.RouteConfig(x.Hop.RouteConfig))
	}
	return decision.Part(x.Route.Addr, name)
}

// filterAt is where a filter comes from, if a patch added or changed it.
func (x *Stream) filterAt(f *httpFilter) decision.Ref { return decision.Part(x.chain, "http/"+f.name) }

// redirected is the response that sends the client elsewhere.
func (x *Stream) redirected(status int, location string, cause decision.ResponseCause) *decision.Outcome {
	x.Hop.Response = &decision.Response{Status: status, Location: location}
	reason := decision.LocalResponse{Cause: cause}
	x.Step("redirect", location, reason, x.spot("redirect"))
	return &decision.Outcome{Verdict: decision.Redirected, Status: status, Details: "direct_response", Reason: reason}
}

// answer is a local reply of a filter that does what it should.
func (x *Stream) answer(status int, reason decision.Reason) *decision.Outcome {
	x.Hop.Response = &decision.Response{Status: status}
	return &decision.Outcome{Verdict: decision.DirectResponse, Status: status, Reason: reason}
}
