package diff

import (
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// A Kind is what happens to the requests of a change, the gravest first.
type Kind string

// The kinds of changes.
const (
	Broken   Kind = "broken"    // they were answered and are not any more
	LessSafe Kind = "less safe" // they are encrypted less, or were denied
	Moved    Kind = "moved"     // they go elsewhere, or arrive changed
	Repaired Kind = "repaired"  // they were not answered and are
	Policy   Kind = "policy"    // they go where they went under other limits
)

// Kinds are all of them, in the order in which changes are listed.
var Kinds = []Kind{Broken, LessSafe, Moved, Repaired, Policy}

// A Condition is a test of a request, and what the requests of a region make of it.
type Condition struct {
	decision.Condition
	Met bool
}

// A Region is a set of requests.
type Region struct {
	Listener   string // the only one that they come through; "" is any
	Table      string
	Hosts      []string // domains
	Port       uint32   // 0 is any
	Conditions []Condition
	Sampled    bool // the witness was found by trying calls: it says nothing of the requests beside it
}

// A Change is a set of requests that the two sides answer differently, with one of them.
type Change struct {
	Kind     Kind
	Region   Region
	Witness  simulate.Call
	Old, New *simulate.Trace
	Settings []string // fields that differ of what the witness passes, where its traces are the same
}

// A Doubt is why nothing is known of a set of requests.
type Doubt string

// The doubts.
const (
	Bound      Doubt = "the search reached its bound"
	Unmodelled Doubt = "the configuration tests something that the search does not model"
	OnlyOld    Doubt = "only OLD has this proxy"
	OnlyNew    Doubt = "only NEW has this proxy"
	Unshown    Doubt = "the configuration differs, but no request that was tried has a different result"
)

// Undecided is a set of requests whose answers may differ.
type Undecided struct {
	Region Region
	Why    Doubt
	What   string // the part of the configuration, where the requests have no words
}

// A Result is what two snapshots of a proxy differ in.
type Result struct {
	Changes   []Change
	Undecided []Undecided
	Unseen    int // clusters that differ and that no request reaches
}

// Equivalent reports whether all requests were proven to get the same answers.
func (r *Result) Equivalent() bool { return len(r.Changes)+len(r.Undecided) == 0 }
