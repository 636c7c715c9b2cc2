package simulate

import (
	"fmt"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// finish puts an outcome into the trace.
func (r *run) finish(o decision.Outcome) {
	r.Hop.Error = o.Err
	if o.Status != 0 && r.Hop.Response == nil {
		r.Hop.Response = &decision.Response{Status: o.Status, Body: localReply(o)}
	}
	if o.Verdict != decision.FaultAborted {
		r.setGRPC(&o)
	}
	t := r.out
	t.Verdict, t.Status, t.ResponseFlags, t.NotModelled = o.Verdict, o.Status, o.Flags, r.Ignored
	r.warn(&o)
	t.Summary = r.summary(&o)
	t.Sees = r.sees(&o)
	t.Fix = r.mend(&o)
	if o.Err != decision.ErrCall {
		t.AccessLog = r.accessLog(&o)
	}
}

// localReply is the body of the answers that Envoy itself gives.
func localReply(o decision.Outcome) string {
	switch o.Details {
	case "no_healthy_upstream":
		return "no healthy upstream"
	case "fault_filter_abort":
		return "fault filter abort"
	}
	return o.Body
}

// summary is the outcome in one sentence.
func (r *run) summary(o *decision.Outcome) string {
	switch o.Verdict {
	case decision.Delivered:
		return r.delivered()
	case decision.Passthrough:
		return fmt.Sprintf("The bytes go on to %s as the application sent them: %s.", upstream.EndpointsText(r.up.Endpoints), o.Reason)
	case decision.Redirected:
		return fmt.Sprintf("The proxy itself answers %d and sends the client to %s: %s.", o.Status, r.Hop.Response.Location, o.Reason)
	case decision.DirectResponse:
		return fmt.Sprintf("The proxy itself answers %d: %s.", o.Status, o.Reason)
	case decision.FaultAborted:
		return fmt.Sprintf("The proxy answers %d without asking a server: %s.", o.Status, o.Reason)
	}
	if o.Reason == "" {
		return ""
	}
	return strings.ToUpper(o.Reason[:1]) + o.Reason[1:] + "."
}

// delivered says what the server receives.
func (r *run) delivered() string {
	over := "in plaintext"
	if t := r.Hop.TLS; t != nil && t.OriginatedBy != decision.ByNobody {
		over = "over TLS"
		if t.Mode == decision.ModeIstioMutual {
			over = "over mutual TLS"
		}
		if t.OriginatedBy == decision.ByApplication {
			over = "over the application's own TLS"
		}
	}
	if r.up.Leaving == nil {
		return fmt.Sprintf("%s receives the application's bytes %s.", r.receiver(), over)
	}
	return fmt.Sprintf("The server receives %s %s with Host: %s %s.", r.up.Leaving.Method, r.up.Leaving.Path, r.up.Leaving.Authority, over)
}

// receiver names who receives bytes that nobody reads.
func (r *run) receiver() string {
	if n := len(r.up.Endpoints); n > 1 {
		return fmt.Sprintf("One of %d endpoints", n)
	}
	return upstream.EndpointsText(r.up.Endpoints)
}

// sees is what the application gets to see.
func (r *run) sees(o *decision.Outcome) string {
	switch {
	case o.Err == decision.ErrCall:
		return ""
	case o.Verdict == decision.Delivered:
		return "the server's answer"
	case o.Verdict == decision.Passthrough:
		return "whatever the address that it dialled answers"
	case o.Verdict == decision.TLSMismatch:
		return r.handshakeSeen(o)
	case o.Verdict == decision.NoListener:
		return "a refused connection"
	case o.Status != 0 && r.speaksHTTP():
		return r.answerSeen(o)
	case o.Status != 0:
		return fmt.Sprintf("an HTTP answer that it does not expect (%d), and a closed connection", o.Status)
	}
	return "a closed connection"
}

// speaksHTTP says whether the application waits for an HTTP answer.
func (r *run) speaksHTTP() bool { return r.conn.Inner != call.Payload }

func (r *run) answerSeen(o *decision.Outcome) string {
	out := decision.StatusText(o.Status)
	response := r.Hop.Response
	switch {
	case response == nil:
		return out
	case response.GRPCStatus != "":
		return grpcSeen(o.Status)
	case response.Location != "":
		return out + " to " + response.Location
	case response.Body != "":
		return fmt.Sprintf("%s: %q", out, response.Body)
	}
	return out + ", without a body"
}

func (r *run) handshakeSeen(o *decision.Outcome) string {
	switch {
	case o.Err == decision.ErrMutual:
		return "a TLS alert: certificate required, or bad certificate"
	case r.conn.Opaque():
		return "a TLS error such as \"wrong version number\", for what comes back is not the TLS that it speaks"
	}
	return "a reset connection"
}
