package decision

import (
	"net/netip"

	"sem.example/simulate/call"
)

// A Reason is why a decision was taken, a candidate rejected, or a call ended as it did. The list is closed: each is a
// type of this package, with what it is about as its fields. Package explain words them.
type Reason interface{ reason() }

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
	// VirtualListener takes what no other listener is bound to.
	VirtualListener struct{ Dialled Dialled }
	// ServicePort is a listener that is there for the port of the service behind the step.
	ServicePort struct{ Port uint16 }
	// NothingListens is a port that no listener is bound to; Refused is one that Envoy does not run.
	NothingListens struct {
		Dialled Dialled
		Refused *RefusedListener
	}
	// RefusedListener is a listener that Envoy does not run.
	RefusedListener struct{ Name, Why string }
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

// A RequestError is why a connection is not read as HTTP.
type RequestError int

// The errors of a request.
const (
	NotHTTP         RequestError = iota + 1 // the bytes are something else
	TLSForPlaintext                         // the client speaks TLS
	UnknownMethod
	RawPath // the path has characters that must be encoded
	OnlyHTTP1
	OnlyHTTP2
	UnderscoreInHeader
	PathNotAccepted
	TooManyHeaders
	HeadersTooLarge
	InvalidHeaderText // a name or value has characters that it must not have
	InvalidContentLength
	LengthAndChunked
	UnknownTransferEncoding
	HopByHopInHTTP2
	ReservedInConnection
)

// What the connection manager does to a request before it is routed.
type (
	// InvalidRequest is a request that the codec or the normalisation refuses; Text is the method, path or header.
	InvalidRequest struct {
		Error RequestError
		Text  string
	}
	// PathNormalised is a path that was normalised.
	PathNormalised struct{}
)

// A DomainMatch is how a virtual host was found.
type DomainMatch int

// The ways in which a virtual host is found.
const (
	ExactDomain DomainMatch = iota + 1
	WildcardDomain
	OnlyHost // the only virtual host, which takes every host
	AnyHost  // the virtual host of every host that has none
)

// Why a virtual host or a route takes the request, or none does.
type (
	// HostMatch is the virtual host of a request.
	HostMatch struct {
		Match        DomainMatch
		Domain, Host string
	}
	// NoHostMatch is a host that no virtual host has.
	NoHostMatch struct{ Host string }
	// OtherDomains are those of a virtual host that is not the request's.
	OtherDomains struct{ Domains []string }
	// NoRouteTable is a route table that does not exist.
	NoRouteTable struct{ Name string }
	// RouteMatch is what a route demands of a request.
	RouteMatch struct{ Conditions []Condition }
	// NoRouteMatch is a request that no route of its virtual host takes.
	NoRouteMatch struct {
		Authority string
		Routes    int
		Connect   bool // it asks for a tunnel
		Similar   *SimilarRoute
		Preflight bool   // it is a CORS preflight
		Only      Reason // why the only route does not match; nil where there are several
	}
	// SimilarRoute is a route that the request nearly matches.
	SimilarRoute struct {
		Label      string
		Path       Condition
		Difference Difference
	}
	// FailedCondition is the first condition of a route that the request does not meet.
	FailedCondition struct {
		Condition  Condition
		Difference Difference
		Missing    bool // the request does not have the header, parameter or cookie
	}
	// EarlierMatch is a route behind the one that matches.
	EarlierMatch struct{}
	// FractionExcludes is a route whose runtime fraction leaves the request out.
	FractionExcludes struct{}
	// WeightedConnection is a connection that is spread over weighted clusters.
	WeightedConnection struct{}
)

// A Difference is how little the path of a request lacks to match.
type Difference int

// The differences; 0 is a larger one.
const (
	OnlyCase Difference = iota + 1
	OnlyFinalSlash
	OnlyQuery
	OnlyPart // a regular expression matches a part of the path
)

// A ResponseCause is why a proxy responds by itself.
type ResponseCause int

// The causes of a response.
const (
	EscapedSlashes ResponseCause = iota + 1
	RequiresTLS
	RouteRedirects
	RouteResponds
	Preflight
	PreflightNotAllowed
	FaultInjected
)

// Why a proxy responds by itself.
type (
	// LocalResponse is a response of the proxy.
	LocalResponse struct {
		Cause  ResponseCause
		Status int
	}
	// UnregisteredHost is a host that is blocked as the mesh does not know it.
	UnregisteredHost struct{ Authority string }
	// UpgradeRefused is an upgrade that neither listener nor route allows.
	UpgradeRefused struct{ Protocol string }
	// InvalidHeaderName is a header that a route adds and HTTP does not allow.
	InvalidHeaderName struct{ Name string }
)

// What HTTP and network filters decide.
type (
	// Authorized is the decision of access control. Policy is the one that matched, "" where none did.
	Authorized struct {
		Allowed   bool
		AllowList bool // the rules allow what matches, and deny the rest
		Policy    string
	}
	// TokenRefused is a token that is not accepted, in Envoy's words.
	TokenRefused struct{ Fault string }
	// TokenAccepted is a token of an issuer.
	TokenAccepted struct{ Issuer any }
	// Origin is the decision about a cross-origin request.
	Origin struct {
		Origin  string
		Allowed bool
		Request OriginRequest
	}
	// Injected is a fault that a route injects.
	Injected struct{ Fault *Fault }
)

// An OriginRequest is what a CORS filter does with a cross-origin request.
type OriginRequest int

// What becomes of cross-origin requests.
const (
	ActualRequest OriginRequest = iota + 1
	AnsweredPreflight
	ForwardedPreflight
	RefusedPreflight
)

// What a route does to a request.
type (
	// PathRewritten and AuthorityRewritten are what becomes of path and authority.
	PathRewritten      struct{ Change Change }
	AuthorityRewritten struct{ Change Change }
	// RouteTimeout is the time limit of all tries.
	RouteTimeout struct{}
	// RouteRetries are the retries of a route; nil Retries are switched off.
	RouteRetries struct {
		Retries *Retries
		Default bool // nobody asked for them
	}
	// RouteMirror is a copy of the requests.
	RouteMirror struct{ Mirror Mirror }
	// Tunnel is a request to the upstream that carries the bytes.
	Tunnel struct{ Hostname string }
)

// Why a cluster, an endpoint and the TLS towards it are chosen, or none are.
type (
	// ClusterKind describes a cluster.
	ClusterKind struct {
		Subset     string
		Resolution string
		External   bool
	}
	// MissingCluster is a cluster that does not exist or, with Refused, that Envoy does not run.
	MissingCluster struct {
		Name, Refused string
		Destination   Destination // what its name says that it leads to
	}
	// NoTarget is a route that forwards nothing; Action is whether it has an action that could.
	NoTarget struct{ Action bool }
	// NoEndpoint is a cluster without an endpoint that may be used.
	NoEndpoint struct{ Cluster string }
	// UpstreamTLS is the encryption towards the upstream.
	UpstreamTLS struct {
		TLS   *TLS
		Match string // the transport socket match that chose it, "" for none
	}
	// EndpointChoice is how the endpoints are chosen.
	EndpointChoice struct {
		Endpoints  []string // addresses with ports
		Resolution string
		Balancer   string
		HashKey    string
		Standby    Standby
		AnyHost    bool // an original destination, whatever the Host header
		TLSOn80    bool // TLS to port 80
	}
	// ConnectionLimits and OutlierLimits are settings of a cluster, name and value.
	ConnectionLimits struct{ Settings [][2]string }
	OutlierLimits    struct{ Settings [][2]string }
	// IdleTimeout closes a silent connection.
	IdleTimeout struct{ Shared bool } // that of the first of several destinations holds for all
	// OwnTLSInMutual is the application's TLS inside the mesh's mutual TLS.
	OwnTLSInMutual struct{}
	// DoubleTLS is the application's TLS inside TLS of the proxy.
	DoubleTLS struct{}
	// Unmatched is a destination that no rule is about.
	Unmatched struct{}
)

// Standby counts the endpoints of a cluster that receive nothing.
type Standby struct {
	Unhealthy     int
	LowerPriority int // healthy, but of a lower priority than those in use
}

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

// A Test is how a condition compares.
type Test int

// The tests of conditions.
const (
	Is Test = iota + 1
	StartsWith
	EndsWith
	Contains
	Matches
	IsOrBelow
	MatchesTemplate
	InRange
	Present
	Absent
	Other // a matcher that is not modelled
)

// A Subject is what a condition is about.
type Subject int

// The subjects of conditions.
const (
	Path Subject = iota + 1
	Header
	Query
	Cookie
	Metadata
	ConnectRequest
	GRPCRequest
	CertificatePresented
	CertificateValid
	FilterState
)

// A Condition is one thing that a route demands of a request.
type Condition struct {
	Subject  Subject
	Name     string // of the header, parameter, cookie, or path of the metadata
	Filter   string // of the metadata
	Text     TextTest
	Inverted bool
}

// A TextTest is a test of a text.
type TextTest struct {
	Test       Test
	Value      string
	Start, End int64 // of a range, the end left out
	AnyCase    bool
}

func (DialledSocket) reason()      {}
func (RedirectedInbound) reason()  {}
func (BoundAddress) reason()       {}
func (AnyAddress) reason()         {}
func (VirtualListener) reason()    {}
func (ServicePort) reason()        {}
func (NothingListens) reason()     {}
func (RefusedListener) reason()    {}
func (BoundElsewhere) reason()     {}
func (ChainMatch) reason()         {}
func (DefaultChain) reason()       {}
func (NoChain) reason()            {}
func (SimilarChain) reason()       {}
func (UnmatchedProperty) reason()  {}
func (RepeatedMatch) reason()      {}
func (HandshakeRefused) reason()   {}
func (Decrypted) reason()          {}
func (InvalidRequest) reason()     {}
func (PathNormalised) reason()     {}
func (HostMatch) reason()          {}
func (NoHostMatch) reason()        {}
func (OtherDomains) reason()       {}
func (NoRouteTable) reason()       {}
func (RouteMatch) reason()         {}
func (NoRouteMatch) reason()       {}
func (SimilarRoute) reason()       {}
func (FailedCondition) reason()    {}
func (EarlierMatch) reason()       {}
func (FractionExcludes) reason()   {}
func (WeightedConnection) reason() {}
func (LocalResponse) reason()      {}
func (UnregisteredHost) reason()   {}
func (UpgradeRefused) reason()     {}
func (InvalidHeaderName) reason()  {}
func (Authorized) reason()         {}
func (TokenRefused) reason()       {}
func (TokenAccepted) reason()      {}
func (Origin) reason()             {}
func (Injected) reason()           {}
func (PathRewritten) reason()      {}
func (AuthorityRewritten) reason() {}
func (RouteTimeout) reason()       {}
func (RouteRetries) reason()       {}
func (RouteMirror) reason()        {}
func (Tunnel) reason()             {}
func (ClusterKind) reason()        {}
func (MissingCluster) reason()     {}
func (NoTarget) reason()           {}
func (NoEndpoint) reason()         {}
func (UpstreamTLS) reason()        {}
func (EndpointChoice) reason()     {}
func (ConnectionLimits) reason()   {}
func (OutlierLimits) reason()      {}
func (IdleTimeout) reason()        {}
func (OwnTLSInMutual) reason()     {}
func (DoubleTLS) reason()          {}
func (Unmatched) reason()          {}
func (InvalidCall) reason()        {}
func (NoTerminalFilter) reason()   {}
func (Returned) reason()           {}
