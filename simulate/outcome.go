package simulate

import (
	"strconv"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/hcm"
)

// setOutcome puts an outcome into the trace.
func (h *hopTrace) setOutcome(o decision.Outcome) {
	h.Hop.Error = o.Err
	if o.Status != 0 && h.Hop.Response == nil {
		h.Hop.Response = &decision.Response{Status: o.Status, Body: localReply(o)}
	}
	if o.Verdict != decision.FaultAborted {
		h.setGRPC(&o)
	}
	t := h.out
	t.Verdict, t.Status, t.ResponseFlags, t.NotModelled = o.Verdict, o.Status, o.Flags, h.Ignored
	h.Hop.Facts = h.facts(o)
	h.warn(&o)
	if o.Err != decision.ErrCall {
		t.AccessLog = h.accessLog(&o)
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
func (h *hopTrace) setGRPC(o *decision.Outcome) {
	if h.up.Req == nil || !h.up.Req.Grpc() || o.Status == 0 || h.Hop.Response == nil {
		return
	}
	response := *h.Hop.Response
	response.GRPCStatus = strconv.Itoa(hcm.GRPCStatus(o.Status))
	h.Hop.Response = &response
}

// facts are what the outcome depends on.
func (h *hopTrace) facts(o decision.Outcome) decision.Facts {
	f := decision.Facts{
		Outcome: o, HTTP: h.up.Req != nil, Behind: h.Hop.Facts.Behind, Chain: h.Hop.Facts.Chain,
		Client: decision.Client{TLS: h.conn.TLS, SNI: h.conn.SNI, Opaque: h.conn.Opaque(), Decrypted: h.conn.Decrypted, HTTP: h.conn.Inner != call.Payload},
	}
	f.Endpoints = h.up.Addresses
	if h.http != nil && h.http.Route != nil {
		f.Route = h.http.Route.Addr
	}
	if l := h.up.Leaving; l != nil {
		f.Leaving = &decision.Message{Method: l.Method, Authority: l.Authority, Path: l.Path}
	}
	return f
}
