package simulate

import (
	"fmt"
	"net/http"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// A Bypass is why connections to an endpoint go past the proxy of its workload, to the application.
type Bypass struct {
	Because string
	At      decision.Place
}

// Step is the bypass as a step of a hop.
func (b *Bypass) Step() decision.Step {
	return decision.Step{Stage: "server", Chose: Bypasses, Reason: decision.Unproxied{Words: b.Because}, Origins: []decision.Place{b.At}}
}

// Bypasses is what a step chose, by which a connection goes past the sidecar of a workload.
const Bypasses = "bypasses the sidecar"

// bypass ends a call at an application whose proxy does not take the connection. Mutual TLS of the mesh fails there: the application
// has no certificate of the mesh.
func (j *follower) bypass(before *hopTrace, to NextHop) {
	last := &j.trace.Hops[len(j.trace.Hops)-1]
	last.Steps = append(last.Steps, to.Bypassed.Step())
	endpoint := upstream.Likeliest(before.up.Endpoints)
	if !before.meshTLS(endpoint) {
		return
	}
	o := decision.Outcome{Verdict: decision.TLSMismatch, Flags: "UF", Err: decision.ErrTLS}
	why := decision.Unproxied{
		Words: fmt.Sprintf("The application at %s has no certificate of the mesh for its mutual TLS: %s.", endpoint.At, to.Bypassed.Because),
		Sees:  "a closed connection",
		Fix:   "give the port tls mode DISABLE in a DestinationRule, or let the sidecar take its connections",
	}
	if before.up.Leaving != nil {
		o.Status = http.StatusServiceUnavailable
		why.Sees = "503 Service Unavailable: \"upstream connect error or disconnect/reset before headers\""
	}
	o.Reason = why
	last.Error, last.Facts.Outcome = o.Err, o
	t := j.trace
	t.Verdict, t.Status, t.ResponseFlags, t.Refused = o.Verdict, o.Status, o.Flags, true
	if len(t.Hops) == 1 {
		t.AccessLog = before.accessLog(&o)
	}
}

// meshTLS reports whether the connection to an endpoint is encrypted with the mesh's own mutual TLS.
func (h *hopTrace) meshTLS(to *upstream.Endpoint) bool {
	t := h.encryption(to)
	return t != nil && t.OriginatedBy == decision.ByProxy && t.Mode == decision.ModeIstioMutual
}
