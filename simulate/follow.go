package simulate

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// NextHops finds the proxy that an endpoint belongs to, so that a call can be followed from one proxy to the next.
type NextHops interface {
	// NextHop returns the proxy where connections of a proxy to an endpoint arrive; ok is false where no proxy is known
	// to be there, and the endpoint itself is the end of the way.
	NextHop(from call.Proxy, to decision.Endpoint) (next NextHop, ok bool)
}

// A NextHop is a proxy that a call is followed to.
type NextHop struct {
	Engine    *Engine
	Proxy     call.Proxy
	Direction string  // inbound for a sidecar, gateway for a gateway
	Principal string  // the SPIFFE identity that the proxy before shows here, if it is asked
	Bypassed  *Bypass // not nil where connections to the endpoint do not pass the proxy
}

// maxHops is how many proxies a call is followed through.
const maxHops = 8

// Follow returns what happens to a call on its whole way: each proxy's part is a hop of the trace, and the verdict is that
// of the last. Where a proxy spreads calls, the likeliest endpoint is followed. A call that comes back to a proxy that
// it has passed is a loop.
func (e *Engine) Follow(call call.Call, hops NextHops) *decision.Trace {
	h := e.traceHop(call)
	j := follower{hops: hops, trace: h.out, seen: []string{visit(h.call)}}
	for len(j.trace.Hops) < maxHops && j.next(&h) {
	}
	return j.trace
}

type follower struct {
	hops  NextHops
	trace *decision.Trace
	seen  []string
}

// next follows the call to the proxy behind the endpoint, and reports whether there is one that it passes.
func (j *follower) next(h **hopTrace) bool {
	before := *h
	if !before.out.Verdict.Succeeded() || len(before.up.Endpoints) == 0 || before.call.Direction == "inbound" {
		return false // behind an inbound proxy is the application
	}
	j.others(before)
	next, ok := j.hops.NextHop(before.call.Proxy, before.up.Found(upstream.Likeliest(before.up.Endpoints)))
	if !ok {
		return false
	}
	if next.Bypassed != nil {
		j.bypass(before, next)
		return false
	}
	call := before.onward(next, upstream.Likeliest(before.up.Endpoints))
	if at := visit(&call); slices.Contains(j.seen, at) {
		j.loop(before, next)
		return false
	} else {
		j.seen = append(j.seen, at)
	}
	after := next.Engine.traceHop(call)
	j.join(before, after)
	*h = after
	return true
}

// maxOthers is how many endpoints are asked whether they take the call, beside the one that is followed.
const maxOthers = 8

// others notes which of the endpoints that are not followed do not take the call.
func (j *follower) others(before *hopTrace) {
	followed, listed := upstream.Likeliest(before.up.Endpoints), j.trace.Hops[len(j.trace.Hops)-1].Endpoints
	for i := range before.up.Endpoints[:min(len(before.up.Endpoints), len(listed), maxOthers)] {
		to := &before.up.Endpoints[i]
		if to == followed {
			continue
		}
		next, ok := j.hops.NextHop(before.call.Proxy, before.up.Found(to))
		if !ok {
			continue
		}
		if next.Bypassed != nil {
			if before.meshTLS(to) {
				listed[i].Verdict = decision.TLSMismatch
			}
			continue
		}
		if t := next.Engine.traceHop(before.onward(next, to)).out; !t.Verdict.Succeeded() {
			listed[i].Verdict, listed[i].Outcome = t.Verdict, t
		}
	}
}

// visit names a proxy and the address at which a call reaches it.
func visit(c *call.Call) string {
	return fmt.Sprintf("%s %s/%s %s:%d", c.Direction, c.Proxy.Namespace, c.Proxy.Name, c.Address, c.Port)
}

// onward is the call as the proxy behind an endpoint gets it.
func (h *hopTrace) onward(next NextHop, to *upstream.Endpoint) call.Call {
	at := h.up.Found(to)
	c := call.Call{
		ID: h.call.ID, Proxy: next.Proxy, Direction: next.Direction, Address: at.Address, Port: at.Port, Resolve: h.call.Resolve,
		Protocol: h.call.Protocol, Method: h.call.Method, URL: h.call.URL, Headers: h.call.Headers,
		Random: h.call.Random,
	}
	if ips := h.call.Proxy.IPs; len(ips) > 0 {
		c.Source = ips[0]
	}
	h.encrypt(&c, next, to)
	if h.up.Leaving != nil {
		c.Method, c.Headers = h.up.Leaving.Method, h.up.Leaving.Headers
		c.URL = "http://" + h.up.Leaving.Authority + h.up.Leaving.Path
		c.Protocol = map[bool]string{true: "http2", false: "http"}[h.up.Cluster.SpeaksHTTP2(h.up.Leaving.Version)]
	}
	return c
}

// encryption is the TLS of the connection to an endpoint.
func (h *hopTrace) encryption(to *upstream.Endpoint) *decision.TLS {
	if to.Socket == upstream.Likeliest(h.up.Endpoints).Socket {
		return h.Hop.TLS
	}
	return h.up.Encryption(&upstream.Selection{Cluster: h.up.Cluster, Endpoints: []upstream.Endpoint{*to}, Req: h.up.Leaving})
}

// encrypt sets what the proxy behind an endpoint sees of TLS.
func (h *hopTrace) encrypt(c *call.Call, next NextHop, to *upstream.Endpoint) {
	t := h.encryption(to)
	switch {
	case t == nil || t.OriginatedBy == decision.ByNobody:
		c.TLS = "plaintext"
	case t.OriginatedBy == decision.ByApplication:
		c.TLS, c.SNI, c.ALPN, c.Principal = h.call.TLS, h.call.SNI, h.call.ALPN, h.call.Principal
	default:
		c.TLS, c.SNI, c.ALPN = "tls", t.SNI, strings.Join(t.ALPN, ",")
		if t.ClientCertificate != "" {
			c.TLS, c.Principal = "mtls", next.Principal
		}
		if h.conn.Opaque() {
			c.Protocol = "tcp" // what is inside is the application's own TLS
		}
	}
}

// join appends a proxy's part. Where it refuses the connection, the proxy before it answers in its place.
func (j *follower) join(before, after *hopTrace) {
	t, next := j.trace, after.out
	t.Hops = append(t.Hops, next.Hops...)
	t.Warnings = append(t.Warnings, next.Warnings...)
	for _, what := range next.NotModelled {
		t.NotModelled = decision.AppendNew(t.NotModelled, what)
	}
	t.Verdict, t.Status, t.ResponseFlags = next.Verdict, next.Status, next.ResponseFlags
	if !next.Verdict.Succeeded() && next.Status == 0 {
		t.Refused, t.ResponseFlags = true, "UF"
		if before.up.Leaving != nil {
			t.Status = 503
		}
	}
}

// loop ends a call that comes back to where it was.
func (j *follower) loop(before *hopTrace, next NextHop) {
	to := upstream.Likeliest(before.up.Endpoints)
	j.trace.Verdict = decision.Loop
	j.trace.Returned = &decision.Returned{Proxy: next.Proxy, At: upstream.HostPort(to.Address, to.Port)}
}
