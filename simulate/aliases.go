package simulate

import (
	"reflect"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// What goes in: a call and the proxy that it goes through.
type (
	// A Call is a request as the application makes it: what it does at the socket and over it.
	Call = call.Call
	// Proxy identifies the proxy that a call goes through.
	Proxy = call.Proxy
)

// What comes out: the trace document and its parts.
type (
	Trace        = decision.Trace
	Verdict      = decision.Verdict
	Hop          = decision.Hop
	Step         = decision.Step
	Candidate    = decision.Candidate
	Place        = decision.Place
	Warning      = decision.Warning
	Destination  = decision.Destination
	Endpoint     = decision.Endpoint
	TLS          = decision.TLS
	Rewrite      = decision.Rewrite
	Change       = decision.Change
	HeaderOps    = decision.HeaderOps
	HeaderChange = decision.HeaderChange
	Response     = decision.Response
	Branch       = decision.Branch
	Policy       = decision.Policy
	PolicyRule   = decision.PolicyRule
	Authorizer   = decision.Authorizer
	RateLimit    = decision.RateLimit
	FailedClause = decision.FailedClause
	Retries      = decision.Retries
	Fault        = decision.Fault
	Mirror       = decision.Mirror

	Assumption = decision.Assumption
	ObjectName = decision.ObjectName
	Outcome    = decision.Outcome
	Unproxied  = decision.Unproxied

	AuthorizerBranch = decision.AuthorizerBranch

	TokenAccepted = decision.TokenAccepted
)

// The verdicts; docs/trace.md defines each.
const (
	Delivered      = decision.Delivered
	Passthrough    = decision.Passthrough
	Redirected     = decision.Redirected
	DirectResponse = decision.DirectResponse
	FaultAborted   = decision.FaultAborted
	Denied         = decision.Denied
	NoListener     = decision.NoListener
	NoFilterChain  = decision.NoFilterChain
	NoVirtualHost  = decision.NoVirtualHost
	NoRoute        = decision.NoRoute
	NoCluster      = decision.NoCluster
	NoEndpoints    = decision.NoEndpoints
	Blackhole      = decision.Blackhole
	TLSMismatch    = decision.TLSMismatch
	Loop           = decision.Loop
	Unsupported    = decision.Unsupported
)

// Verdicts are all of them.
var Verdicts = decision.Verdicts

// Below follows keys into a value of the trace document. What is not there is the zero value of its type.
func Below(v reflect.Value, keys ...string) (reflect.Value, error) { return decision.Below(v, keys...) }

// Text is a value of the trace document as text.
func Text(v reflect.Value) string { return decision.Text(v) }

// MadeValue is [decision.MadeValue].
const MadeValue = decision.MadeValue
