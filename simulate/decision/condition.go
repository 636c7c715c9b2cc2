package decision

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
