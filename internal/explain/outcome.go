package explain

import (
	"fmt"
	"net/http"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// wordOutcome words what the whole call comes to. The last proxy decides.
func wordOutcome(t *simulate.Trace) {
	h := &t.Hops[len(t.Hops)-1]
	if r, ok := h.Facts.Outcome.Reason.(decision.Unproxied); ok {
		t.Summary, t.Sees, t.Fix = r.Words, r.Sees, r.Fix
		return
	}
	t.Summary, t.Sees, t.Fix = summary(h), seen(h), remedy(h)
	switch {
	case t.Returned != nil:
		t.Summary = fmt.Sprintf("Routing loop: the request returns to %s/%s at %s and never reaches a server.", t.Returned.Proxy.Namespace, t.Returned.Proxy.Name, t.Returned.At)
		t.Sees = "no response, until a timeout"
		t.Fix = "in that proxy, route the host to its real destination, not back to where the request came from"
	case t.Refused && t.Status == http.StatusServiceUnavailable:
		t.Sees = "503 Service Unavailable: \"upstream connect error or disconnect/reset before headers\""
	case t.Refused:
		t.Sees = "a closed connection"
	}
}

// summary is how the call ends at a proxy, in one sentence.
func summary(h *simulate.Hop) string {
	o := &h.Facts.Outcome
	reason := outcomeReason(o.Reason)
	switch o.Verdict {
	case decision.Delivered:
		return deliveredText(h)
	case decision.Passthrough:
		if r := refusedListener(h); r != nil {
			reason = strings.TrimPrefix(refusedText(r), ": ") + "; without it no rule of this port acts"
		}
		return fmt.Sprintf("The proxy forwards the bytes to %s unchanged: %s.", endpointsText(h.Facts.Endpoints), reason)
	case decision.Redirected:
		return fmt.Sprintf("The proxy responds with %d and redirects the client to %s: %s.", o.Status, h.Response.Location, reason)
	case decision.DirectResponse:
		return fmt.Sprintf("The proxy responds with %d: %s.", o.Status, reason)
	case decision.FaultAborted:
		return fmt.Sprintf("The proxy responds with %d and forwards nothing: %s.", o.Status, reason)
	}
	if reason == "" {
		return ""
	}
	return strings.ToUpper(reason[:1]) + reason[1:] + "."
}

// outcomeReason is why a call ends as it does, in words that may begin or end a sentence.
func outcomeReason(r decision.Reason) string {
	switch r := r.(type) {
	case decision.InvalidCall:
		return r.Err.Error()
	case decision.NothingListens:
		return nothingListens(r)
	case decision.NoChain:
		return "no filter chain of the listener matches " + detectedText(&r.Detected)
	case decision.HandshakeRefused:
		return handshakeText(r)
	case decision.NoTerminalFilter:
		return "the filter chain ends in a filter that sem does not model"
	case decision.InvalidRequest:
		return requestErrorText(r)
	case decision.NoRouteTable:
		return fmt.Sprintf("the route table %q does not exist", r.Name)
	case decision.NoHostMatch:
		return noHostText(r)
	case decision.NoRouteMatch:
		return noRouteText(r)
	case decision.LocalResponse:
		return causeText(r.Cause)
	case decision.UnregisteredHost:
		return fmt.Sprintf("the host %s is not registered, and unknown hosts are blocked", r.Authority)
	}
	return filterOutcome(r)
}

func filterOutcome(r decision.Reason) string {
	switch r := r.(type) {
	case decision.Authorized:
		return deniedText(r)
	case decision.BodyLimited:
		return bodyText(r)
	case decision.TokenRefused:
		return "the request's token is not accepted: " + r.Fault
	case decision.UpgradeRefused:
		return "neither the listener nor the route allows an upgrade to " + r.Protocol
	case decision.InvalidHeaderName:
		return fmt.Sprintf("the route adds a header with the invalid name %q", r.Name)
	case decision.MissingCluster:
		return fmt.Sprintf("the cluster %q %s", r.Name, missingText(r))
	case decision.NoTarget:
		if r.Action {
			return "the route does not lead to a cluster"
		}
		return "the route has no cluster"
	case decision.NoEndpoint:
		return fmt.Sprintf("the cluster %q has no usable endpoint", r.Cluster)
	case decision.OwnTLSInMutual:
		return "the application's own TLS travels inside the mesh's mutual TLS"
	case decision.DoubleTLS:
		return "double TLS: the application speaks TLS, and the proxy originates TLS again"
	case decision.Unmatched:
		return "no Service or ServiceEntry that this proxy sees matches the connection"
	}
	return ""
}

// deliveredText is what the server receives.
func deliveredText(h *simulate.Hop) string {
	over := "in plaintext"
	if t := h.TLS; t != nil && t.OriginatedBy != decision.ByNobody {
		over = "over TLS"
		if t.Mode == decision.ModeIstioMutual || t.Mode == decision.ModeMutual {
			over = "over mutual TLS"
		}
		if t.OriginatedBy == decision.ByApplication {
			over = "over the application's own TLS"
		}
	}
	if m := h.Facts.Leaving; m != nil {
		return fmt.Sprintf("The server receives %s %s with Host: %s, %s.", m.Method, m.Path, m.Authority, over)
	}
	receiver := endpointsText(h.Facts.Endpoints)
	if n := len(h.Facts.Endpoints); n > 1 {
		receiver = fmt.Sprintf("One of %d endpoints", n)
	}
	return fmt.Sprintf("%s receives the application's bytes %s.", receiver, over)
}

// seen is what the application gets to see.
func seen(h *simulate.Hop) string {
	o := &h.Facts.Outcome
	switch {
	case o.Err == decision.ErrCall:
		return ""
	case o.Verdict == decision.Delivered:
		return "the server's response"
	case o.Verdict == decision.Passthrough:
		return "the response of the address that it connected to"
	case o.Verdict == decision.TLSMismatch:
		return handshakeSeen(h)
	case o.Verdict == decision.NoListener:
		return "a refused connection"
	case o.Status != 0 && h.Facts.Client.HTTP:
		return responseSeen(h)
	case o.Status != 0:
		return fmt.Sprintf("an unexpected HTTP response (%d), and a closed connection", o.Status)
	}
	return "a closed connection"
}

func handshakeSeen(h *simulate.Hop) string {
	switch {
	case h.Facts.Outcome.Err == decision.ErrMutual:
		return "a TLS alert: certificate required, or bad certificate"
	case h.Facts.Client.Opaque:
		return "a TLS error such as \"wrong version number\", because the bytes that come back are not TLS"
	}
	return "a reset connection"
}

func responseSeen(h *simulate.Hop) string {
	out, response := statusText(h.Facts.Outcome.Status), h.Response
	switch {
	case response == nil:
		return out
	case response.GRPCStatus != "":
		return fmt.Sprintf("grpc-status %s (%s), in place of %s", response.GRPCStatus, grpcNames[response.GRPCStatus], out)
	case response.Location != "":
		return out + " to " + response.Location
	case response.Body != "":
		return fmt.Sprintf("%s: %q", out, response.Body)
	}
	return out + ", without a body"
}

// grpcNames are the names of the gRPC statuses that a proxy gives.
var grpcNames = map[string]string{"2": "UNKNOWN", "7": "PERMISSION_DENIED", "12": "UNIMPLEMENTED", "13": "INTERNAL", "14": "UNAVAILABLE", "16": "UNAUTHENTICATED"}

// statusText is a status with its name, if it has one.
func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
