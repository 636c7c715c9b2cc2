package decision

// The actions of rules that are not those of Envoy's access control.
const (
	Custom       = "CUSTOM" // an external authorizer decides about what matches
	Authenticate = "JWT"    // a token is accepted
)

// What is compared of a token.
const (
	TokenIssuer    = "token.issuer"
	TokenAudiences = "token.audiences"
	TokenForm      = "token.form"
)

// A PolicyRule is what one rule of access control makes of a call. Rules are in the order in which Envoy asks them.
type PolicyRule struct {
	Kind      string        `json:"kind,omitempty"`
	Namespace string        `json:"namespace,omitempty"`
	Name      string        `json:"name"`
	Action    string        `json:"action"` // CUSTOM, DENY, ALLOW; JWT of a RequestAuthentication; the mode of a PeerAuthentication
	Rule      int           `json:"rule"`   // counted from 1; 0 for a policy without rules
	Matched   bool          `json:"matched"`
	Failed    *FailedClause `json:"failed,omitempty"` // the first clause that the call does not meet
	Origin    *Place        `json:"origin,omitempty"`

	Policy string `json:"-"` // the name that Envoy knows the rule by
}

// A FailedClause is a clause of a rule that a call does not meet.
type FailedClause struct {
	Field string   `json:"field"` // as the rule writes it
	Want  []string `json:"want"`
	More  int      `json:"more,omitempty"` // how many further values would do, which are not listed
	Got   string   `json:"got"`            // the value that was compared, "" where the call has none

	Attribute string     `json:"-"` // what is compared: source.principal, request.path, …
	Tests     []TextTest `json:"-"`
	Not       bool       `json:"-"` // the value must be none of these
}
