package decision

// An Outcome is how a call ends at a proxy.
type Outcome struct {
	Verdict Verdict
	Status  int    // of the response that the proxy itself sends, 0 where it sends none
	Flags   string // Envoy's response flags
	Err     string // the hop's error, in the words of the trace document
	Details string // Envoy's response code details
	Body    string // of the response that the proxy itself sends
	Reason  Reason
}

// The errors of a TLS handshake.
const (
	ErrTLS    = "invalid TLS"
	ErrMutual = "invalid mTLS"
)

// ErrDouble is the error of a connection that is encrypted twice.
const ErrDouble = "double TLS"

// ErrToken is the error of a request without the token that is needed.
const ErrToken = "unauthenticated"

// ErrCall is the error of a call that makes no sense.
const ErrCall = "invalid call"
