package decision

// An Authorizer is an external authorizer that is asked about a call. What it answers is not known: the trace goes on as if it
// allowed the call.
type Authorizer struct {
	Cluster     string           `json:"cluster"`
	Filter      string           `json:"filter"`
	Rule        string           `json:"rule,omitempty"` // of the policy that has it asked
	Denied      AuthorizerBranch `json:"denied"`         // what happens to the call where it denies
	Unavailable AuthorizerBranch `json:"unavailable"`    // and where it does not answer
}

// An AuthorizerBranch is what happens to a call for what an external authorizer answers.
type AuthorizerBranch struct {
	Verdict Verdict `json:"verdict"` // "" where the call goes on as the trace shows
	Status  int     `json:"status,omitempty"`
}

// A RateLimit is how many requests a proxy lets pass.
type RateLimit struct {
	Requests      uint32  `json:"requests"` // at once, after a pause
	Refill        uint32  `json:"refill"`   // how many more in each interval
	Interval      string  `json:"interval"`
	Status        int     `json:"status"`                  // of the response to further requests
	Share         float64 `json:"share"`                   // of the requests that the limit is enforced for
	PerConnection bool    `json:"perConnection,omitempty"` // each connection of a client has its own
	Descriptors   int     `json:"descriptors,omitempty"`   // how many limits for some requests there are beside this one
}

// What HTTP filters do that EnvoyFilters add.
type (
	// HeadersMutated is what a filter does to the headers of a request.
	HeadersMutated struct{ Change HeaderChange }
	// MetadataOfHeader is metadata that a filter makes of a header.
	MetadataOfHeader struct{ Namespace string }
	// BodyLimited is a limit of the body; Size is that of the request where it is larger.
	BodyLimited struct{ Limit, Size uint64 }
	// RateLimited is a limit that the request counts for.
	RateLimited struct{ Limit RateLimit }
	// RunsCode is a filter whose code decides about the call. It is not known what that does.
	RunsCode struct{ Language string }
	// AsksAuthorizer is an external authorizer that decides about the call.
	AsksAuthorizer struct{ Authorizer Authorizer }
)

func (HeadersMutated) reason()   {}
func (MetadataOfHeader) reason() {}
func (BodyLimited) reason()      {}
func (RateLimited) reason()      {}
func (RunsCode) reason()         {}
func (AsksAuthorizer) reason()   {}
