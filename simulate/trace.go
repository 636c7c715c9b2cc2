package simulate

import (
	"strings"

	"sem.example/internal/envoy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/hcm"
	"sem.example/simulate/internal/listener"
	"sem.example/simulate/internal/rbac"
)

// Trace returns what happens to a call. It always answers; a call that makes no sense has the verdict UNSUPPORTED, with
// the reason as its summary.
func (e *Engine) Trace(c call.Call) *decision.Trace { return e.traceHop(c).out }

func (e *Engine) traceHop(c call.Call) *hopTrace {
	normal, err := c.Normal()
	h := newHopTrace(e, normal)
	if err != nil {
		h.setOutcome(decision.Outcome{Verdict: decision.Unsupported, Err: decision.ErrCall, Reason: decision.InvalidCall{Err: err}})
		return h
	}
	h.setOutcome(h.accept())
	return h
}

// accept takes the connection through a listener and its filter chain; then the network filters of the chain read it.
func (h *hopTrace) accept() decision.Outcome {
	l, c, o := h.engine.listeners.Accept(&h.conn, h.Recorder)
	h.listener = l
	if c != nil && o != nil {
		h.up.Announce(c.Ways(*o))
	}
	if o != nil {
		return *o
	}
	return h.read(c)
}

// read runs the network filters. A denial ends the connection but not before its destination is known.
func (h *hopTrace) read(c *listener.Chain) decision.Outcome {
	var denied *decision.Outcome
	sniCluster, reported := false, reports{}
	filters := c.Filters()
	for i := range filters {
		f := &filters[i]
		switch {
		case f.Authorizes():
			h.report(c, f, reported)
			if denied == nil {
				denied = admit(f.RBAC, &h.conn, h.Recorder, c.Addr)
			}
		case f.NamesCluster():
			sniCluster = true
		case f.Addresser():
			h.up.Ask = f.Asks(strings.ToLower(h.conn.SNI))
		case f.TCP != nil:
			return firstOf(denied, f.TCP.Forward(h.up, sniCluster, c.Addr))
		case f.HTTP != nil:
			x := hcm.NewStream(f.HTTP, c.Addr, h.up, h.engine.tables)
			o := x.Serve()
			if x.Req != nil {
				h.http = x
			}
			return firstOf(denied, o)
		case h.askAuthorizer(c, f, reported):
		case f.RunsCode():
			if denied == nil {
				h.Recorder.RunsCode(f.Name, "Wasm", decision.Part(c.Addr, "network/"+f.Name))
			}
		default:
			h.UnknownFilter(f.Name, f.Kind)
		}
	}
	return decision.Outcome{Verdict: decision.Unsupported, Err: "no terminal filter", Reason: decision.NoTerminalFilter{}}
}

// firstOf is the denial, where there is one.
func firstOf(denied *decision.Outcome, o decision.Outcome) decision.Outcome {
	if denied != nil {
		return *denied
	}
	return o
}

// admit asks the rules of a network filter.
func admit(rules *rbac.RBAC, conn *call.Connection, rec *decision.Recorder, of envoy.Addr) *decision.Outcome {
	asked := &rbac.Input{Conn: conn, From: conn.Source.Addr()}
	d := rules.Allows(asked)
	d.Record(rec, of, asked)
	if d.Allowed {
		return nil
	}
	return &decision.Outcome{Verdict: decision.Denied, Details: rbac.DeniedBy(d.Policy), Err: "denied", Reason: d.Reason()}
}
