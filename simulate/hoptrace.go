package simulate

import (
	"cmp"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/hcm"
	"sem.example/simulate/internal/listener"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/upstream"
)

// A hopTrace is one call at one proxy, as it is traced.
type hopTrace struct {
	*decision.Recorder
	engine *Engine
	call   *call.Call
	conn   call.Connection
	out    *decision.Trace

	listener *listener.Listener  // what accepted the connection
	up       *upstream.Forwarder // what sends it on
	http     *hcm.Stream         // the HTTP request, nil where the proxy does not read one
}

func newHopTrace(e *Engine, c call.Call) *hopTrace {
	h := &hopTrace{engine: e}
	h.out = &decision.Trace{
		APIVersion: "sem/v1", Kind: "Trace", ID: c.ID, Call: c,
		Hops: []decision.Hop{{Proxy: c.Proxy, Direction: c.Direction, Steps: make([]decision.Step, 0, decision.UsualSteps)}}, Warnings: []decision.Warning{},
	}
	h.Recorder = decision.NewRecorder(e.places, e.explains, &h.out.Hops[0])
	h.call = &h.out.Call
	h.conn = call.NewConnection(h.call)
	h.conn.Garbled = h.conn.Garbled || e.envoy.KnownMethods && h.conn.Inner == call.HTTP11 && !request.KnownMethod(h.call.Method)
	h.up = &upstream.Forwarder{Recorder: h.Recorder, Clusters: e.clusters, Call: h.call, Conn: &h.conn}
	h.Hop.Authority = cmp.Or(h.conn.SNI, h.call.ParseURL().Authority)
	return h
}
