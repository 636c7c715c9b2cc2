package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// A Path knows which proxy stands behind an address, so that a call can be followed from one to the next.
type Path interface {
	// Behind returns the stop where connections of a proxy to an endpoint arrive; ok is false where no proxy is known
	// to stand there, and the endpoint itself is the end of the way.
	Behind(from Proxy, to Endpoint) (stop Stop, ok bool)
}

// A Stop is a proxy on the way of a call.
type Stop struct {
	Engine    *Engine
	Proxy     Proxy
	Direction string // inbound for a sidecar, gateway for a gateway
	Principal string // the SPIFFE identity that the proxy before shows here, if it is asked
}

// maxHops is how many proxies a call is followed through.
const maxHops = 8

// Follow says what becomes of a call on its whole way: each proxy's part is a hop of the trace, and the verdict is that
// of the last. Where a proxy spreads calls, the likeliest endpoint is followed. A call that comes back to a proxy that
// it has passed is a loop.
func (e *Engine) Follow(call Call, path Path) *Trace {
	r := e.run(call)
	j := journey{path: path, trace: r.out, seen: []string{visit(r.call)}}
	for len(j.trace.Hops) < maxHops && j.next(&r) {
	}
	return j.trace
}

type journey struct {
	path  Path
	trace *Trace
	seen  []string
}

// next follows the call to the proxy behind the endpoint, and says whether there is one that it passes.
func (j *journey) next(r **run) bool {
	before := *r
	if !before.out.Verdict.Succeeded() || len(before.ends) == 0 || before.call.Direction == "inbound" {
		return false // behind an inbound proxy is the application
	}
	j.others(before)
	stop, ok := j.path.Behind(before.call.Proxy, before.found(likeliest(before.ends)))
	if !ok {
		return false
	}
	call := before.onward(stop, likeliest(before.ends))
	if at := visit(&call); slices.Contains(j.seen, at) {
		j.loop(before, stop)
		return false
	} else {
		j.seen = append(j.seen, at)
	}
	after := stop.Engine.run(call)
	j.join(before, after)
	*r = after
	return true
}

// maxOthers is how many endpoints are asked whether they take the call, beside the one that is followed.
const maxOthers = 8

// others notes which of the endpoints that are not followed do not take the call.
func (j *journey) others(before *run) {
	followed, listed := likeliest(before.ends), j.trace.Hops[len(j.trace.Hops)-1].Endpoints
	for i := range before.ends[:min(len(before.ends), len(listed), maxOthers)] {
		to := &before.ends[i]
		if to == followed {
			continue
		}
		stop, ok := j.path.Behind(before.call.Proxy, before.found(to))
		if !ok {
			continue
		}
		if t := stop.Engine.run(before.onward(stop, to)).out; !t.Verdict.Succeeded() {
			listed[i].Verdict, listed[i].Because = t.Verdict, t.Summary
		}
	}
}

// found is an endpoint at the address that DNS gives for it, where the call says so.
func (r *run) found(to *endpoint) Endpoint {
	e := to.Endpoint
	if address := r.resolved(&e); address != "" {
		e.Address = address
	}
	return e
}

// visit names a proxy and the address at which a call reaches it.
func visit(c *Call) string {
	return fmt.Sprintf("%s %s/%s %s:%d", c.Direction, c.Proxy.Namespace, c.Proxy.Name, c.Address, c.Port)
}

// onward is the call as the proxy behind an endpoint gets it.
func (r *run) onward(stop Stop, to *endpoint) Call {
	at := r.found(to)
	c := Call{
		ID: r.call.ID, Proxy: stop.Proxy, Direction: stop.Direction, Address: at.Address, Port: at.Port, Resolve: r.call.Resolve,
		Protocol: r.call.Protocol, Method: r.call.Method, URL: r.call.URL, Headers: r.call.Headers,
		Random: r.call.Random,
	}
	if ips := r.call.Proxy.IPs; len(ips) > 0 {
		c.Source = ips[0]
	}
	r.encrypt(&c, stop, to)
	if r.leaving != nil {
		c.Method, c.Headers = r.leaving.method, r.leaving.headers
		c.URL = "http://" + r.leaving.authority + r.leaving.path
		c.Protocol = map[bool]string{true: "http2", false: "http"}[r.via.speaksHTTP2(r.leaving.version)]
	}
	return c
}

// encrypt says what the proxy behind an endpoint sees of TLS.
func (r *run) encrypt(c *Call, stop Stop, to *endpoint) {
	t := r.hop.TLS
	if to.socket != likeliest(r.ends).socket {
		t = r.encryption(&way{cluster: r.via, endpoints: []endpoint{*to}, req: r.leaving})
	}
	switch {
	case t == nil || t.OriginatedBy == byNobody:
		c.TLS = "plaintext"
	case t.OriginatedBy == byApplication:
		c.TLS, c.SNI, c.ALPN, c.Principal = r.call.TLS, r.call.SNI, r.call.ALPN, r.call.Principal
	default:
		c.TLS, c.SNI, c.ALPN = "tls", t.SNI, strings.Join(t.ALPN, ",")
		if t.ClientCertificate != "" {
			c.TLS, c.Principal = "mtls", stop.Principal
		}
		if r.opaqueTLS() {
			c.Protocol = "tcp" // what is inside is the application's own TLS
		}
	}
}

// join appends a proxy's part of the way. What the application sees of a connection that a later proxy refuses is what
// the proxy before it makes of that.
func (j *journey) join(before, after *run) {
	t, next := j.trace, after.out
	t.Hops = append(t.Hops, next.Hops...)
	t.Warnings = append(t.Warnings, next.Warnings...)
	for _, what := range next.NotModelled {
		t.NotModelled = appendNew(t.NotModelled, what)
	}
	t.Verdict, t.Summary, t.Fix, t.Sees = next.Verdict, next.Summary, next.Fix, next.Sees
	t.Status, t.ResponseFlags = next.Status, next.ResponseFlags
	if !next.Verdict.Succeeded() && next.Status == 0 {
		t.refused(before)
	}
}

// refused is what the proxy before makes of a connection that is not accepted: a 503, or a closed connection.
func (t *Trace) refused(before *run) {
	t.ResponseFlags = "UF"
	t.Sees = "a closed connection"
	if before.leaving != nil {
		t.Status = 503
		t.Sees = "503 Service Unavailable: \"upstream connect error or disconnect/reset before headers\""
	}
}

// loop ends a way that comes back to where it was.
func (j *journey) loop(before *run, stop Stop) {
	to := likeliest(before.ends)
	j.trace.Verdict = Loop
	j.trace.Summary = fmt.Sprintf("The call comes back to %s/%s at %s, where it has been: it never arrives.", stop.Proxy.Namespace, stop.Proxy.Name, hostPort(to.Address, to.Port))
	j.trace.Sees = "no answer, until something gives up"
	j.trace.Fix = "have the proxy route the host on to its real destination, not back to where the call came from"
}
