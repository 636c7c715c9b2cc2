package pipeline

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/envoy"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// Compile returns what a proxy runs, built on demand, once, and in common with proxies that send traffic alike.
func (w *World) Compile(p simulate.Proxy) (Resources, error) {
	e, err := w.engines.of(p)
	if err != nil {
		return nil, err
	}
	return e.compiler, nil
}

// View returns what a proxy sees of the mesh.
func (w *World) View(p simulate.Proxy) (*mesh.View, error) {
	e, err := w.engines.of(p)
	if err != nil {
		return nil, err
	}
	return e.view, nil
}

// TraceOptions say how far a call is followed, and how much the trace holds.
type TraceOptions struct {
	Why    bool // keep what each step rejected, and why
	Follow bool // go on to the proxies behind the endpoint, as far as the input knows them
}

// Trace follows a call through the proxy that it names. The error is for a proxy that cannot be understood.
func (w *World) Trace(call simulate.Call, opts TraceOptions) (*simulate.Trace, error) {
	e, err := w.engines.of(call.Proxy)
	if err != nil {
		return nil, err
	}
	t, err := w.trace(e, call, opts)
	if err != nil {
		return nil, err
	}
	w.notModelled(e, t)
	w.assumed(t, opts)
	if len(w.remoteFiles) > 0 {
		w.acrossClusters(t)
	}
	if w.input.gathered != nil && len(w.input.notGiven) > 0 {
		t.NotModelled = append([]string{"what the cluster did not give (" + strings.Join(w.input.notGiven, ", ") + ")"}, t.NotModelled...)
	}
	w.forRelease(t)
	return t, nil
}

// forRelease names in a trace the release that it is for, and why it is that one.
func (w *World) forRelease(t *simulate.Trace) {
	c := w.Release
	for _, v := range c.NotModelled {
		t.NotModelled = append(t.NotModelled, "the variable "+v+" of istiod")
	}
	t.Istio, t.Envoy, t.IstioBecause, t.IstioDefault = c.String(), c.Envoy(), c.Because, c.Default
	if c.At.Doc != nil {
		at := c.At.Position()
		t.IstioOrigin = &simulate.Place{
			File: at.File, Line: at.Line, Column: at.Column, Kind: c.At.Doc.Kind, Namespace: c.At.Doc.Namespace, Name: c.At.Doc.Name, Field: c.At.Field,
		}
	}
}

// notModelled adds to a trace what the configuration of each proxy on the way leaves out.
func (w *World) notModelled(first *engine, t *simulate.Trace) {
	for i := range t.Hops {
		e := first
		if i > 0 {
			next, err := w.engines.of(t.Hops[i].Proxy)
			if err != nil {
				continue // a client without a proxy
			}
			e = next
		}
		if t.Hops[i].Proxy.Type != "none" {
			addNotModelled(t, t.Hops[i], e.compiler.NotModelled())
		}
	}
}

// addNotModelled adds to a trace what of a hop's configuration is left out and may matter to its request.
func addNotModelled(t *simulate.Trace, hop simulate.Hop, left []envoy.NotModelled) {
	for _, n := range left {
		if (n.Issuer == "" || acceptsToken(hop, n.Issuer)) && !slices.Contains(t.NotModelled, n.What) {
			t.NotModelled = append(t.NotModelled, n.What)
		}
	}
}

// acceptsToken reports whether a proxy accepted a token of an issuer.
func acceptsToken(hop simulate.Hop, issuer string) bool {
	return slices.ContainsFunc(hop.Steps, func(s simulate.Step) bool {
		accepted, ok := s.Reason.(simulate.TokenAccepted)
		return ok && accepted.Issuer == issuer
	})
}

func (w *World) trace(e *engine, call simulate.Call, opts TraceOptions) (*simulate.Trace, error) {
	if client, ok := w.bare(call); ok {
		return w.traceDirect(e, client, call, opts)
	}
	call.Address = dialled(call, e.lookUp)
	if client, ok := w.bare(call); ok { // by the address of its ranges
		return w.traceDirect(e, client, call, opts)
	}
	if full, err := call.Normal(); err == nil && call.Port == 0 && full.Direction != "outbound" {
		call.Port = e.compiler.ListenPort(full.Port) // a service is before the proxy
	}
	if t := tracePast(w, e, call); t != nil {
		return t, nil
	}
	var t *simulate.Trace
	if opts.Follow {
		t = e.simulator(opts.Why).Follow(call, nextHops{world: w, why: opts.Why})
	} else {
		t = e.simulator(opts.Why).Trace(call)
	}
	return t, nil
}

// dialled returns the address that the application dials: what the call says, or else what a look-up of its host's name
// gives, "" where that is not known.
func dialled(call simulate.Call, lookUp func(name string) string) string {
	host := strings.ToLower(cmp.Or(call.Address, hostname.OfURL(call.URL)))
	if _, err := netip.ParseAddr(host); err == nil || strings.HasPrefix(host, "unix://") {
		return cmp.Or(call.Address, host)
	}
	return lookUp(strings.TrimSuffix(host, "."))
}
