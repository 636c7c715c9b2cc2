package diag

// Severity grades a finding.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"   // will be rejected, or cannot work
	Warning Severity = "warning" // very likely not what its author means
	Info    Severity = "info"    // worth knowing
)

// Admission foretells what the API server's schema and Istio's webhook do with a document.
type Admission string

// What admission does. The empty value is for what they let pass.
const (
	Admitted Admission = ""
	Rejected Admission = "rejected"
	Warned   Admission = "warned"
)

// A Check is one rule: its identity and its documentation, which "sem explain", docs/checks.md and SARIF all print.
type Check struct {
	ID       string    // "SEM140"; never reused
	Title    string    // one line, no full stop, stable enough to search for
	Severity Severity  // unless a diagnostic says otherwise
	Rejects  bool      // admission may reject a document for a finding
	Stage    Stage     // the decision about a call that the findings explain
	When     Condition // which calls they explain; empty for all that the field decides about
	Why      string    // why it matters and how the proxy behaves, in full sentences
	Fix      string    // what to do, in full sentences
	Wrong    string    // YAML that draws this finding; run as a test
	Right    string    // YAML that draws no finding; run as a test
	Aliases  []string  // the nearest codes of istioctl analyze (IST…) and Kiali (KIA…)

	// Alone means that a finding rests on the field that it names, and on other documents: it counts too where the document is
	// rejected for another field.
	Alone bool

	// Fixable means that sem validate --fix can fix findings of the check, at least some.
	Fixable bool
}
