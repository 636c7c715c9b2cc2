package decision

import "net/netip"

// Why a listener accepts the connection, or none does.
type (
	// DialledSocket is a listener on the Unix socket that the application dialled.
	DialledSocket struct{}
	// RedirectedInbound is the listener that traffic into a workload is redirected to.
	RedirectedInbound struct{}
	// BoundAddress is a listener on the address that the application dialled.
	BoundAddress struct{ Address string }
	// AnyAddress is a listener on every address of a port.
	AnyAddress struct{ Port uint16 }
	// VirtualListener takes what no other listener is bound to; Refused is one that would be, and that Envoy does not run.
	VirtualListener struct {
		Dialled Dialled
		Refused *RefusedListener
	}
	// ServicePort is a listener that is there for the port of the service behind the step.
	ServicePort struct{ Port uint16 }
	// NothingListens is a port that no listener is bound to; Refused is one that Envoy does not run.
	NothingListens struct {
		Dialled Dialled
		Refused *RefusedListener
	}
	// RefusedListener is a listener that Envoy does not run.
	RefusedListener struct {
		Name, Why string
		Origin    *Place // of what it is refused for, nil where that is not known
	}
	// BoundElsewhere is a listener on another address.
	BoundElsewhere struct{ Address string }
)

// Dialled is where the application connects to: an address, or the port alone where the call names no address.
type Dialled struct {
	Address string
	Port    uint16
}

// Detected is what the listener filters detect of a connection's first bytes.
type Detected struct {
	Transport string
	SNI       string
	ALPN      []string // offered in the handshake, or what plaintext was recognised as
}

// Why a filter chain takes the connection, or none does.
type (
	// ChainMatch is what a filter chain demands of a connection.
	ChainMatch struct {
		Port         uint32
		Destinations []netip.Prefix
		ServerNames  []string
		Transport    string
		Protocols    []string
	}
	// DefaultChain takes what no other filter chain does.
	DefaultChain struct {
		Detected Detected
		OwnTLS   bool // the client speaks TLS, which the listener does not detect
		Similar  *SimilarChain
	}
	// NoChain is a connection that no filter chain takes.
	NoChain struct {
		Detected Detected
		Similar  *SimilarChain
	}
	// SimilarChain is a chain for the connection's server name that does not take it.
	SimilarChain struct {
		Label string
		Match *ChainMatch
	}
	// UnmatchedProperty is the first property in which a filter chain lost.
	UnmatchedProperty struct {
		Property string
		Closer   bool // it matches, but another matches more closely
	}
	// RepeatedMatch is a filter chain with the match of an earlier one.
	RepeatedMatch struct{}
)

// A HandshakeFailure is why a TLS handshake fails.
type HandshakeFailure int

// The failures of a handshake.
const (
	PlaintextClient HandshakeFailure = iota + 1
	NoTLSVersion
	NoClientCertificate
	IdentityNotAccepted
)

// Error is the error of a hop, in the words of the trace document.
func (f HandshakeFailure) Error() string {
	if f == NoClientCertificate || f == IdentityNotAccepted {
		return ErrMutual
	}
	return ErrTLS
}

// How a connection is decrypted.
type (
	// HandshakeRefused is a handshake that fails.
	HandshakeRefused struct {
		Failure   HandshakeFailure
		Principal string // of the client
	}
	// Decrypted is a handshake that succeeds; Peer is the identity that the client proved, "" without one.
	Decrypted struct{ Peer string }
)

func (DialledSocket) reason()     {}
func (RedirectedInbound) reason() {}
func (BoundAddress) reason()      {}
func (AnyAddress) reason()        {}
func (VirtualListener) reason()   {}
func (ServicePort) reason()       {}
func (NothingListens) reason()    {}
func (RefusedListener) reason()   {}
func (BoundElsewhere) reason()    {}
func (ChainMatch) reason()        {}
func (DefaultChain) reason()      {}
func (NoChain) reason()           {}
func (SimilarChain) reason()      {}
func (UnmatchedProperty) reason() {}
func (RepeatedMatch) reason()     {}
func (HandshakeRefused) reason()  {}
func (Decrypted) reason()         {}
