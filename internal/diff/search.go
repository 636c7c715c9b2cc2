package diff

import "time"

// Limits bound the search for requests, of all proxies of a comparison together.
type Limits struct {
	Regions int           // sets of requests for which a request is looked for
	Time    time.Duration // of the search; to compile and to reduce resources does not count
}

// DefaultLimits are more than meshes take whose authors mean no harm.
var DefaultLimits = Limits{Regions: 10_000, Time: 30 * time.Second}

// A Search is what the limits leave of the work. What it does not come to is undecided.
type Search struct {
	regions int
	spent   bool // a set of requests was left out
	left    time.Duration
	end     time.Time // of the proxy at hand
}

// NewSearch returns a search that was not begun.
func NewSearch(l Limits) *Search { return &Search{regions: l.Regions, left: l.Time} }

// begin starts the clock, and end stops it.
func (s *Search) begin() (end func()) {
	s.end = time.Now().Add(s.left)
	return func() { s.left = time.Until(s.end) }
}

// over reports whether a limit is reached.
func (s *Search) over() bool { return s.spent || !time.Now().Before(s.end) }

// region takes a set of requests from what is left, and reports whether it was left.
func (s *Search) region() bool {
	if s.over() {
		return false
	}
	s.regions--
	s.spent = s.regions < 0
	return !s.spent
}
