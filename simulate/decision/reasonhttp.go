package decision

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
	// Injected is a fault that the route injects, or the filter where the route says nothing of faults.
	Injected struct {
		Fault    *Fault
		ByFilter bool
	}
)

// An OriginRequest is what a CORS filter does with a cross-origin request.
type OriginRequest int

// What happens to cross-origin requests.
const (
	ActualRequest OriginRequest = iota + 1
	AnsweredPreflight
	ForwardedPreflight
	RefusedPreflight
)

func (InvalidRequest) reason()    {}
func (PathNormalised) reason()    {}
func (LocalResponse) reason()     {}
func (UnregisteredHost) reason()  {}
func (UpgradeRefused) reason()    {}
func (InvalidHeaderName) reason() {}
func (Authorized) reason()        {}
func (TokenRefused) reason()      {}
func (TokenAccepted) reason()     {}
func (Origin) reason()            {}
func (Injected) reason()          {}
