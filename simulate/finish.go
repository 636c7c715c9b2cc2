package simulate

import (
	"fmt"
	"net/http"
	"strings"
)

// finish puts an outcome into the trace.
func (r *run) finish(o outcome) {
	r.hop.Error = o.err
	if o.status != 0 && r.hop.Response == nil {
		r.hop.Response = &Response{Status: o.status, Body: localReply(o)}
	}
	if o.verdict != FaultAborted {
		r.setGRPC(&o)
	}
	t := r.out
	t.Verdict, t.Status, t.ResponseFlags = o.verdict, o.status, o.flags
	r.warn(&o)
	t.Summary = r.summary(&o)
	t.Sees = r.sees(&o)
	t.Fix = r.mend(&o)
	if o.err != errCall {
		t.AccessLog = r.accessLog(&o)
	}
}

// errCall is the error of a call that makes no sense.
const errCall = "invalid call"

// localReply is the body of the answers that Envoy itself gives.
func localReply(o outcome) string {
	switch o.details {
	case "no_healthy_upstream":
		return "no healthy upstream"
	case "fault_filter_abort":
		return "fault filter abort"
	}
	return o.body
}

// summary is the outcome in one sentence.
func (r *run) summary(o *outcome) string {
	switch o.verdict {
	case Delivered:
		return r.delivered()
	case Passthrough:
		return fmt.Sprintf("The bytes go on to %s as the application sent them: %s.", reached(r.ends), o.reason)
	case Redirected:
		return fmt.Sprintf("The proxy itself answers %d and sends the client to %s: %s.", o.status, r.hop.Response.Location, o.reason)
	case DirectResponse:
		return fmt.Sprintf("The proxy itself answers %d: %s.", o.status, o.reason)
	case FaultAborted:
		return fmt.Sprintf("The proxy answers %d without asking a server: %s.", o.status, o.reason)
	}
	if o.reason == "" {
		return ""
	}
	return strings.ToUpper(o.reason[:1]) + o.reason[1:] + "."
}

// delivered says what the server receives.
func (r *run) delivered() string {
	over := "in plaintext"
	if t := r.hop.TLS; t != nil && t.OriginatedBy != byNobody {
		over = "over TLS"
		if t.Mode == modeIstioMutual {
			over = "over mutual TLS"
		}
		if t.OriginatedBy == byApplication {
			over = "over the application's own TLS"
		}
	}
	if r.leaving == nil {
		return fmt.Sprintf("%s receives the application's bytes %s.", r.receiver(), over)
	}
	return fmt.Sprintf("The server receives %s %s with Host: %s %s.", r.leaving.method, r.leaving.path, r.leaving.authority, over)
}

// receiver names who receives bytes that nobody reads.
func (r *run) receiver() string {
	if n := len(r.ends); n > 1 {
		return fmt.Sprintf("One of %d endpoints", n)
	}
	return reached(r.ends)
}

// sees is what the application gets to see.
func (r *run) sees(o *outcome) string {
	switch {
	case o.err == errCall:
		return ""
	case o.verdict == Delivered:
		return "the server's answer"
	case o.verdict == Passthrough:
		return "whatever the address that it dialled answers"
	case o.verdict == TLSMismatch:
		return r.handshakeSeen(o)
	case o.verdict == NoListener:
		return "a refused connection"
	case o.status != 0 && r.speaksHTTP():
		return r.answerSeen(o)
	case o.status != 0:
		return fmt.Sprintf("an HTTP answer that it does not expect (%d), and a closed connection", o.status)
	}
	return "a closed connection"
}

// speaksHTTP says whether the application waits for an HTTP answer.
func (r *run) speaksHTTP() bool { return r.conn.inner != payload }

// statusText is a status with its name, if it has one.
func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

func (r *run) answerSeen(o *outcome) string {
	out := statusText(o.status)
	response := r.hop.Response
	switch {
	case response == nil:
		return out
	case response.GRPCStatus != "":
		return grpcSeen(o.status)
	case response.Location != "":
		return out + " to " + response.Location
	case response.Body != "":
		return fmt.Sprintf("%s: %q", out, response.Body)
	}
	return out + ", without a body"
}

func (r *run) handshakeSeen(o *outcome) string {
	switch {
	case o.err == errMutual:
		return "a TLS alert: certificate required, or bad certificate"
	case r.opaqueTLS():
		return "a TLS error such as \"wrong version number\", for what comes back is not the TLS that it speaks"
	}
	return "a reset connection"
}
