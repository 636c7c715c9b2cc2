package upgrade

import (
	"sem.example/internal/diff"
	"sem.example/internal/release"
	"sem.example/simulate"
)

// A Report is what changes: its JSON form is the document of "sem upgrade".
type Report struct {
	APIVersion string               `json:"apiVersion"`
	Kind       string               `json:"kind"`
	From       diff.ReportedRelease `json:"from"`
	To         diff.ReportedRelease `json:"to"`
	Summary    Summary              `json:"summary"`
	Documents  []DocumentChange     `json:"documents"`
	Resources  []ResourceChange     `json:"resources"` // by the row of the table that changes them
	Requests   []RequestChange      `json:"requests"`
	Undecided  []diff.ReportedDoubt `json:"undecided"`
	Untouched  []string             `json:"untouched"` // rows between the two releases that change nothing here
	Unread     []string             `json:"unread,omitempty"`
	Unmodelled []string             `json:"unmodelled,omitempty"` // variables of istiod that are not followed
}

// A Summary counts.
type Summary struct {
	Decide    int `json:"decide"` // changes that the user has to decide about
	Documents int `json:"documents"`
	Resources int `json:"resources"` // that differ, over all classes of proxies
	Classes   int `json:"classes"`   // of proxies that were compared
	Differing int `json:"differing"` // classes with a resource that differs
	Requests  int `json:"requests"`  // groups of requests with another answer
	Undecided int `json:"undecided"`
	Unshown   int `json:"unshown"` // groups of requests that use configuration which differs, and have the same result
}

// A Change is what happens to a document.
type Change string

// The changes of documents.
const (
	BecomesValid   Change = "becomes valid"
	BecomesInvalid Change = "becomes invalid"
	Begins         Change = "begins to act"
	Ceases         Change = "ceases to act"
	Deprecated     Change = "is warned about"
	Cleared        Change = "loses a warning"
	NewFinding     Change = "has a new finding"
	FindingGone    Change = "loses a finding"
)

// decide reports whether a change of a document is one that the user has to decide about.
func (c Change) decide() bool { return c != Cleared && c != FindingGone && c != NewFinding }

// A DocumentChange is a document, or a field of one, that the releases take differently.
type DocumentChange struct {
	Change  Change         `json:"change"`
	Rows    []string       `json:"rows"` // of the table
	Check   string         `json:"check"`
	Message string         `json:"message"`
	Origin  simulate.Place `json:"origin"`
	Decide  bool           `json:"decide"`
}

// A ResourceChange is what one row of the table changes in resources.
type ResourceChange struct {
	Row     string           `json:"row"` // "" for what no single row explains
	Since   string           `json:"since,omitempty"`
	Kind    release.Kind     `json:"kind,omitempty"`
	Env     string           `json:"env,omitempty"` // the variable of istiod that governs it
	Text    string           `json:"text"`
	Counts  map[string]int   `json:"counts"` // of resources, by type
	Proxies []string         `json:"proxies"`
	Example Example          `json:"example"`
	Origins []simulate.Place `json:"origins"` // of the documents behind the resources
}

// An Example is one resource that differs.
type Example struct {
	Proxy     string   `json:"proxy"`
	Direction string   `json:"direction"`
	Type      string   `json:"type"`
	Name      string   `json:"name"`
	Fields    []string `json:"fields"` // "path: old → new"
}

// A RequestChange is a group of requests whose answer differs.
type RequestChange struct {
	diff.ReportedChange
	Rows []string `json:"rows"` // of the table
}
