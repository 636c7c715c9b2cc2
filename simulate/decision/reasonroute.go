package decision

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

// What a route does to a request.
type (
	// PathRewritten and AuthorityRewritten are what happens to path and authority.
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
func (PathRewritten) reason()      {}
func (AuthorityRewritten) reason() {}
func (RouteTimeout) reason()       {}
func (RouteRetries) reason()       {}
func (RouteMirror) reason()        {}
func (Tunnel) reason()             {}
