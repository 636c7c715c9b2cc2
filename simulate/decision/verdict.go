package decision

// A Verdict is the outcome of a call, one of a closed list; docs/trace.md defines each.
type Verdict string

// The verdicts.
const (
	Delivered      Verdict = "DELIVERED"
	Passthrough    Verdict = "PASSTHROUGH"
	Redirected     Verdict = "REDIRECTED"
	DirectResponse Verdict = "DIRECT_RESPONSE"
	FaultAborted   Verdict = "FAULT_ABORTED"
	Denied         Verdict = "DENIED"
	NoListener     Verdict = "NO_LISTENER"
	NoFilterChain  Verdict = "NO_FILTER_CHAIN"
	NoVirtualHost  Verdict = "NO_VIRTUAL_HOST"
	NoRoute        Verdict = "NO_ROUTE"
	NoCluster      Verdict = "NO_CLUSTER"
	NoEndpoints    Verdict = "NO_ENDPOINTS"
	Blackhole      Verdict = "BLACKHOLE"
	TLSMismatch    Verdict = "TLS_MISMATCH"
	Loop           Verdict = "LOOP"
	Unsupported    Verdict = "UNSUPPORTED"
)

// Verdicts lists them all.
var Verdicts = []Verdict{
	Delivered, Passthrough, Redirected, DirectResponse, FaultAborted, Denied, NoListener, NoFilterChain, NoVirtualHost, NoRoute,
	NoCluster, NoEndpoints, Blackhole, TLSMismatch, Loop, Unsupported,
}

// Succeeded reports whether the application gets the answer that a working configuration would give it.
func (v Verdict) Succeeded() bool {
	switch v {
	case Delivered, Passthrough, Redirected, DirectResponse:
		return true
	}
	return false
}
