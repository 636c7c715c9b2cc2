package decision

import "sem.example/internal/envoy"

// Facts are what the outcome of a hop depends on, for those who word it.
type Facts struct {
	Outcome   Outcome
	HTTP      bool       // the proxy reads a request
	Chain     envoy.Addr // the filter chain that takes the connection; "" where none does
	Route     envoy.Addr // that takes the request; "" where none does
	Client    Client
	Leaving   *Message // the request as it leaves, nil for bytes
	Endpoints []string // that the call may go to, addresses with ports
	Behind    []Behind // routes behind the chosen one that match the request too
}

// A Behind is a route that matches a request, behind another one that does.
type Behind struct {
	Label  string
	First  string // the label of the route that is chosen
	Origin *Place
}

// A Client is what the proxy knows of who calls.
type Client struct {
	TLS       bool
	SNI       string
	Opaque    bool // the bytes that the proxy reads are the application's own TLS
	Decrypted bool
	HTTP      bool // the application waits for an HTTP response
}

// A Message is the head of an HTTP request.
type Message struct{ Method, Authority, Path string }

// A Trap is a mistake that no document makes by itself, but that makes this call go wrong or less safe than it looks. The
// list is closed, as that of reasons is.
type Trap interface{ trap() }

// The traps, each with what it is about.
type (
	// ServerFirst is a connection that stalls: the proxy waits for the client's first bytes while the client waits for the
	// server's. Patience is how long, "" without end.
	ServerFirst struct {
		Protocol string
		Port     uint16
		Patience string
	}
	// NoOriginalDestination is a gateway that dials its own address.
	NoOriginalDestination struct{ Cluster string }
	// TLSInTLS is the application's TLS inside TLS of the proxy.
	TLSInTLS struct{ SNI, UpstreamSNI string }
	// PlaintextToTLS is plaintext HTTP to a port where servers expect TLS.
	PlaintextToTLS struct {
		Port        uint32
		Address     string
		Host        string // of the service, and its port
		ServicePort uint32
	}
	// NoServerName is TLS of the proxy without a server name.
	NoServerName struct{}
	// WildcardServerName is a server name that no server has.
	WildcardServerName struct{ SNI string }
	// MeshTLSOutside is the mesh's mutual TLS to a server outside.
	MeshTLSOutside struct{ Host string }
	// Unverified is a server whose certificate is not verified.
	Unverified struct{ Host string }
	// PrefixWithinWord is a path that goes on where the prefix ends within a word.
	PrefixWithinWord struct{ Prefix, Path string }
	// DoubleSlash is a rewrite that leaves two slashes.
	DoubleSlash struct{ From, To string }
	// AuthorityMismatch is a request to a named server outside that is asked for under another name.
	AuthorityMismatch struct{ Host, Authority string }
	// FaultWithoutPercentage is a fault that never fires.
	FaultWithoutPercentage struct{}
	// RedirectToSelf is a redirect to the URL of the request.
	RedirectToSelf struct{}
)

func (ServerFirst) trap()            {}
func (NoOriginalDestination) trap()  {}
func (TLSInTLS) trap()               {}
func (PlaintextToTLS) trap()         {}
func (NoServerName) trap()           {}
func (WildcardServerName) trap()     {}
func (MeshTLSOutside) trap()         {}
func (Unverified) trap()             {}
func (PrefixWithinWord) trap()       {}
func (DoubleSlash) trap()            {}
func (AuthorityMismatch) trap()      {}
func (FaultWithoutPercentage) trap() {}
func (RedirectToSelf) trap()         {}
