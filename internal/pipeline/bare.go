package pipeline

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/internal/world"
	"sem.example/simulate"
)

// bare returns what is known of a client without a sidecar; the second result is false for a client that has one, or of
// which nothing is known.
func (w *World) bare(call simulate.Call) (world.DataPlane, bool) {
	if w.completed == nil || call.Proxy.Type == "gateway" || call.Direction != "" && call.Direction != "outbound" {
		return world.DataPlane{}, false
	}
	p, ok := w.completed.Proxy(call.Proxy.Namespace, call.Proxy.Name)
	if !ok || p.Presence == world.HasNone || p.Presence == world.InAmbient {
		return p, ok
	}
	full, err := call.Normal()
	if err != nil || full.Proxy.Type == "none" {
		return p, false
	}
	if name := excluded(annotationsOf(p.Object), full); name != "" {
		p.Because = name
		return p, true
	}
	return p, false
}

// A direct call is one that no proxy of the client takes: it goes where DNS and Kubernetes lead it, as it is.
type direct struct {
	world  *World
	engine *engine // of a sidecar that the client does not have, for what it knows of the client
	client world.DataPlane
	call   simulate.Call
	opts   TraceOptions
	trace  *simulate.Trace
}

// traceDirect follows a call of a client without a sidecar.
func (w *World) traceDirect(e *engine, client world.DataPlane, call simulate.Call, opts TraceOptions) (*simulate.Trace, error) {
	full, err := call.Normal()
	if err != nil {
		return e.simulator(opts.Why).Trace(call), nil // which says what is wrong with it
	}
	d := direct{world: w, engine: e, client: client, call: full, opts: opts}
	d.begin()
	d.startsAt(full)
	d.goOn()
	return d.trace, nil
}

// begin begins the trace, at a hop without a proxy.
func (d *direct) begin() {
	c := d.call
	d.trace = &simulate.Trace{
		APIVersion: "sem/v1", Kind: "Trace", ID: c.ID, Call: c, NotModelled: []string{}, Warnings: []simulate.Warning{},
		Hops: []simulate.Hop{{Proxy: c.Proxy, Direction: c.Direction, Authority: hostname.OfURL(c.URL), TLS: &simulate.TLS{OriginatedBy: "none", ALPN: []string{}, SubjectAltNames: []string{}}}},
	}
	d.hop().Proxy.Type = "none"
	if c.TLS != "plaintext" {
		d.hop().TLS.OriginatedBy, d.hop().TLS.SNI = "application", c.SNI
	}
}

// tracePast is the trace of a call that goes past the sidecar of the server where it arrives; nil where it does not.
func tracePast(w *World, e *engine, call simulate.Call) *simulate.Trace {
	full, err := call.Normal()
	if ips := e.view.Proxy().IPs(); err != nil || full.Direction != "inbound" || len(ips) == 0 {
		return nil
	}
	past := bypass(w, e.view.Proxy().IPs()[0].String(), uint32(full.Port))
	if past == nil {
		return nil
	}
	d := direct{world: w, engine: e, call: full}
	d.begin()
	d.hop().Steps = append(d.hop().Steps, past.Step())
	d.delivered(simulate.Endpoint{Address: e.view.Proxy().IPs()[0].String(), Port: uint32(full.Port)})
	return d.trace
}

// startsAt is why no proxy takes the call: the client has none, or an annotation excludes the call from its interception.
func (d *direct) startsAt(call simulate.Call) {
	if name := excluded(annotationsOf(d.client.Object), call); name != "" && d.client.Because == name {
		at := &config.Ignored{Object: d.client.Object, Field: source.Join(annotationsField(d.client.Object), name)}
		d.step("client", simulate.Bypasses, excludes(name), at)
		return
	}
	d.step("client", map[world.Presence]string{world.HasNone: "no sidecar", world.InAmbient: "no sidecar, ambient"}[d.client.Presence], d.client.Because, nil)
}

func (d *direct) hop() *simulate.Hop { return &d.trace.Hops[0] }

func (d *direct) step(stage, chose, because string, at *config.Ignored) {
	s := simulate.Step{Stage: stage, Chose: chose, Reason: simulate.Unproxied{Words: because}}
	if at != nil {
		p := placeOf(at.Object, at.Field)
		p.Role = "defines"
		s.Origins = []simulate.Place{*p}
	}
	d.hop().Steps = append(d.hop().Steps, s)
}

// goOn finds where the call goes, and follows it.
func (d *direct) goOn() {
	s := d.service()
	if s == nil {
		d.outside()
		return
	}
	port := s.StreamPort(d.call.Port)
	d.hop().Destination = &simulate.Destination{Host: s.Host, Port: d.call.Port, Resolution: "EDS"}
	at := &config.Ignored{Object: s.Object, Field: s.Field}
	switch {
	case s.Resolution == mesh.Alias:
		d.step("name", s.Host+" → "+s.ExternalName, "externalName of the Service", at)
		d.leaves(s.ExternalName)
	case port == nil:
		d.step("name", s.Host, fmt.Sprintf("the Service has no port %d", d.call.Port), at)
		d.fail(fmt.Sprintf("Service %s/%s has no port %d.", s.Namespace, s.Name, d.call.Port), "connect to a port that the Service has")
	default:
		d.step("name", s.Host, fmt.Sprintf("port %d of Service %s/%s, load-balanced by Kubernetes", d.call.Port, s.Namespace, s.Name), at)
		d.dial(s, port)
	}
}

// service returns the Kubernetes Service that the call's name or address leads to, or nil.
func (d *direct) service() *mesh.Service {
	host := strings.ToLower(strings.TrimSuffix(hostname.OfURL(d.call.URL), "."))
	if d.call.Address != "" {
		host = d.call.Address
	}
	for _, name := range d.engine.view.SearchNames(host) {
		for _, s := range d.world.Mesh.ServicesOf(name) {
			if s.Kubernetes() {
				return s
			}
		}
	}
	for _, s := range d.world.Mesh.Services {
		if s.Kubernetes() && slices.Contains(s.Addresses, host) {
			return s
		}
	}
	return nil
}

// outside is a call to what is not a Service of the input: a Pod's address, or what the mesh knows nothing of.
func (d *direct) outside() {
	target := d.call.Address
	if target == "" {
		target = hostname.OfURL(d.call.URL)
	}
	if _, err := netip.ParseAddr(target); err == nil && d.world.completed.At(target) != nil {
		d.arrive([]simulate.Endpoint{{Address: target, Port: d.call.Port, Share: 1}})
		return
	}
	d.leaves(target)
}

func (d *direct) leaves(target string) {
	d.end(simulate.Passthrough, simulate.Unproxied{Sees: "the response of " + target, Words: fmt.Sprintf("The request goes to %s unchanged: no sidecar of the client takes it, so no mesh configuration applies to it.", target)})
}

// end is how the call ends, where no proxy takes it.
func (d *direct) end(v simulate.Verdict, r simulate.Unproxied) {
	d.trace.Verdict = v
	d.hop().Facts.Outcome = simulate.Outcome{Verdict: v, Reason: r}
}

// dial spreads the call over the endpoints of a port that are ready.
func (d *direct) dial(s *mesh.Service, port *mesh.Port) {
	var found []simulate.Endpoint
	for _, e := range d.engine.view.Endpoints(s, port) {
		if e.Health == mesh.Unhealthy && !s.PublishNotReady {
			continue
		}
		to := simulate.Endpoint{Address: e.Address, Port: e.Port, Weight: 1, Locality: e.Locality}
		if s.Resolution == mesh.OriginalDst {
			to.Port = d.call.Port // DNS gives the address of the Pod, and nothing changes the port
		}
		if e.Object != nil {
			to.Origin = placeOf(d.world.completed.Origin(e.Object), e.Field)
		}
		found = append(found, to)
	}
	if len(found) == 0 {
		d.step("endpoint", "none", "the Service has no ready endpoint", nil)
		d.fail(fmt.Sprintf("Service %s/%s has no ready endpoint.", s.Namespace, s.Name), "give the Service ready Pods with the labels of its selector")
		return
	}
	for i := range found {
		found[i].Share = 1 / float64(len(found))
	}
	d.arrive(found)
}

func (d *direct) fail(summary, fix string) {
	d.end(simulate.NoEndpoints, simulate.Unproxied{Words: summary, Sees: "a failed connection", Fix: fix})
}

// arrive follows the call to the first of its endpoints, and asks the others whether they take it.
func (d *direct) arrive(endpoints []simulate.Endpoint) {
	first := endpoints[0]
	chose := fmt.Sprintf("%s:%d", first.Address, first.Port)
	because := "the only endpoint"
	if n := len(endpoints) - 1; n > 0 {
		chose, because = fmt.Sprintf("%s and %d more", chose, n), "all equally likely"
	}
	step := simulate.Step{Stage: "endpoint", Chose: chose, Reason: simulate.Unproxied{Words: because}}
	if first.Origin != nil {
		step.Origins = []simulate.Place{*first.Origin}
	}
	d.hop().Steps = append(d.hop().Steps, step)
	for i := 1; i < len(endpoints) && i <= maxOthers; i++ {
		if t := d.at(endpoints[i]); t != nil && !t.Verdict.Succeeded() {
			endpoints[i].Verdict, endpoints[i].Outcome = t.Verdict, t
		}
	}
	d.hop().Endpoints = endpoints
	t := d.at(first)
	if t == nil {
		if past := bypass(d.world, first.Address, first.Port); past != nil {
			d.hop().Steps = append(d.hop().Steps, past.Step())
		}
		d.delivered(first)
		return
	}
	d.join(t)
}

// delivered ends the call at an application that gets it from the client without a proxy between.
func (d *direct) delivered(to simulate.Endpoint) {
	d.end(simulate.Delivered, simulate.Unproxied{Words: fmt.Sprintf("%s:%d receives the request as the client sends it.", to.Address, to.Port), Sees: "the server's response"})
}

// maxOthers is how many endpoints are asked whether they take the call, beside the one that is followed.
const maxOthers = 8

// at is what happens to the call at the proxy behind an endpoint; nil where none is there.
func (d *direct) at(to simulate.Endpoint) *simulate.Trace {
	next := nextHops{world: d.world, why: d.opts.Why}
	stop, ok := next.NextHop(d.call.Proxy, to)
	if !ok || stop.Bypassed != nil {
		return nil
	}
	c := d.call
	c.Proxy, c.Direction, c.Address, c.Port, c.Principal = stop.Proxy, stop.Direction, to.Address, to.Port, ""
	if c.TLS == "mtls" {
		c.TLS = "tls" // with a certificate that is not the mesh's
	}
	if ips := d.engine.view.Proxy().IPs(); len(ips) > 0 && c.Source == "" {
		c.Source = ips[0].String()
	}
	if d.opts.Follow {
		return stop.Engine.Follow(c, next)
	}
	return stop.Engine.Trace(c)
}

// join makes the rest of the way part of the trace.
func (d *direct) join(rest *simulate.Trace) {
	t := d.trace
	t.Verdict, t.Status, t.ResponseFlags, t.AccessLog = rest.Verdict, rest.Status, rest.ResponseFlags, rest.AccessLog
	t.Returned, t.Refused = rest.Returned, rest.Refused
	t.Hops = append(t.Hops, rest.Hops...)
	t.NotModelled = append(t.NotModelled, rest.NotModelled...)
	t.Warnings = append(t.Warnings, rest.Warnings...)
}
