package decision

// A PolicyRule is what one rule of access control makes of a call. Rules stand in the order in which Envoy asks them.
type PolicyRule struct {
	Kind      string        `json:"kind,omitempty"`
	Namespace string        `json:"namespace,omitempty"`
	Name      string        `json:"name"`
	Action    string        `json:"action"` // ALLOW, DENY
	Rule      int           `json:"rule"`   // counted from 1
	Matched   bool          `json:"matched"`
	Failed    *FailedClause `json:"failed,omitempty"` // the first clause that the call does not meet
	Origin    *Place        `json:"origin,omitempty"`

	Policy string `json:"-"` // the name that Envoy knows the rule by
}

// A FailedClause is a clause of a rule that a call does not meet.
type FailedClause struct {
	Field string   `json:"field"` // as the rule writes it
	Want  []string `json:"want"`
	Got   string   `json:"got"` // the value that was compared, "" where the call has none

	Attribute string     `json:"-"` // what is compared: source.principal, request.path, …
	Tests     []TextTest `json:"-"`
	Not       bool       `json:"-"` // the value must be none of these
}
