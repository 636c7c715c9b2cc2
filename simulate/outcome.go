package simulate

import (
	"strconv"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/hcm"
)

// setOutcome puts an outcome into the trace.
func (r *run) setOutcome(o decision.Outcome) {
	r.Hop.Error = o.Err
	if o.Status != 0 && r.Hop.Response == nil {
		r.Hop.Response = &decision.Response{Status: o.Status, Body: localReply(o)}
	}
	if o.Verdict != decision.FaultAborted {
		r.setGRPC(&o)
	}
	t := r.out
	t.Verdict, t.Status, t.ResponseFlags, t.NotModelled = o.Verdict, o.Status, o.Flags, r.Ignored
	r.Hop.Facts = r.facts(o)
	r.warn(&o)
	if o.Err != decision.ErrCall {
		t.AccessLog = r.accessLog(&o)
	}
}

// localReply is the body of the responses that Envoy itself sends.
func localReply(o decision.Outcome) string {
	switch o.Details {
	case "no_healthy_upstream":
		return "no healthy upstream"
	case "fault_filter_abort":
		return "fault filter abort"
	}
	return o.Body
}

// setGRPC notes the gRPC status of the proxy's own response.
func (r *run) setGRPC(o *decision.Outcome) {
	if r.up.Req == nil || !r.up.Req.Grpc() || o.Status == 0 || r.Hop.Response == nil {
		return
	}
	response := *r.Hop.Response
	response.GRPCStatus = strconv.Itoa(hcm.GRPCStatus(o.Status))
	r.Hop.Response = &response
}

// facts are what the outcome depends on.
func (r *run) facts(o decision.Outcome) decision.Facts {
	f := decision.Facts{
		Outcome: o, HTTP: r.up.Req != nil,
		Client: decision.Client{TLS: r.conn.TLS, SNI: r.conn.SNI, Opaque: r.conn.Opaque(), Decrypted: r.conn.Decrypted, HTTP: r.conn.Inner != call.Payload},
	}
	f.Endpoints = r.up.Addresses
	if l := r.up.Leaving; l != nil {
		f.Leaving = &decision.Message{Method: l.Method, Authority: l.Authority, Path: l.Path}
	}
	return f
}
