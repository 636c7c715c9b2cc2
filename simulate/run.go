package simulate

import (
	"cmp"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/hcm"
	"sem.example/simulate/internal/listener"
	"sem.example/simulate/internal/upstream"
)

// A run is one call on its way through one proxy.
type run struct {
	*decision.Recorder
	engine *Engine
	call   *call.Call
	conn   call.Connection
	out    *decision.Trace

	listener *listener.Listener  // what accepted the connection
	up       *upstream.Forwarder // what sends it on
	http     *hcm.Exchange       // the HTTP request, nil where the proxy does not read one
}

func newRun(e *Engine, c call.Call) *run {
	r := &run{engine: e}
	r.out = &decision.Trace{
		APIVersion: "sem/v1", Kind: "Trace", ID: c.ID, Call: c,
		Hops: []decision.Hop{{Proxy: c.Proxy, Direction: c.Direction, Steps: make([]decision.Step, 0, decision.UsualSteps)}}, Warnings: []decision.Warning{},
	}
	r.Recorder = decision.NewRecorder(e.places, e.explains, &r.out.Hops[0])
	r.call = &r.out.Call
	r.conn = call.NewConnection(r.call)
	r.up = &upstream.Forwarder{Recorder: r.Recorder, Clusters: e.clusters, Call: r.call, Conn: &r.conn}
	r.Hop.Authority = cmp.Or(r.conn.SNI, r.call.Target().Authority)
	return r
}
