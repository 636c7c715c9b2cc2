package decision

import (
	"sem.example/simulate/call"
)

// A Reason is why a decision was taken, a candidate rejected, or a call ended as it did. The list is closed: each is a
// type of this package, with what it is about as its fields. Package explain words them.
type Reason interface{ reason() }

// How a call ends without a decision of Envoy's.
type (
	// InvalidCall is a call that makes no sense.
	InvalidCall struct{ Err error }
	// NoTerminalFilter is a filter chain that ends in a filter that is not modelled.
	NoTerminalFilter struct{}
	// Returned is a call that comes back to a proxy that it has passed.
	Returned struct {
		Proxy call.Proxy
		At    string
	}
)

func (InvalidCall) reason()      {}
func (NoTerminalFilter) reason() {}
func (Returned) reason()         {}
