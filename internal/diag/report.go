package diag

import (
	"slices"

	"sem.example/internal/source"
)

// A Report is what validation says of an input.
type Report struct {
	Input        *source.Input
	Files        int            // files that were read
	Documents    int            // documents in them
	Skipped      int            // documents that no check looks at
	NotChecked   map[string]int // the skipped documents, by their kinds
	Worlds       int            // into which the files were divided
	Named        []string       // the worlds that the settings define
	Builds       []string       // the folders of kustomizations, each a world as kustomize builds it
	Alternatives *Alternatives  // why there are several; nil where the files did not decide that
	Findings     List
	Releases     []Release // of Istio that the findings are for: one, unless worlds name several
	Baseline     *Baseline // nil without a comparison
	Silenced     []Silenced
	Edited       bool // what could be fixed was fixed
	FailOn       FailOn
}

// Alternatives are why files are divided into worlds: two of them define the same resource, so that no cluster runs both, or some are
// test data.
type Alternatives struct {
	First, Second, Resource string   // empty where no files define the same resource
	TestData                []string // the folders of test data, of which each file is a world
	Worlds                  int      // into which the other files are divided
}

// A FailOn is the least severity that fails a run.
type FailOn struct {
	Severity string // error, warning, info or none
	By       string // the settings file that asks for it; "" for the command line or the default
}

// A Release is the release of Istio that findings are for.
type Release struct {
	Istio, Envoy string
	Because      string // why it is this one
	Default      bool   // it is the newest as it is, and nothing asks for it
}

// Name adds a release to those that the findings are for.
func (r *Report) Name(release Release) {
	if !slices.Contains(r.Releases, release) {
		r.Releases = append(r.Releases, release)
	}
}

// Leave counts documents that no check looks at, by their kinds.
func (r *Report) Leave(kinds map[string]int) {
	for kind, n := range kinds {
		if r.NotChecked == nil {
			r.NotChecked = map[string]int{}
		}
		r.NotChecked[kind] += n
	}
}

// Count returns how many findings there are of a severity, without the suppressed ones.
func (r *Report) Count(s Severity) int {
	n := 0
	for i := range r.Findings {
		if d := &r.Findings[i]; d.Level() == s && d.Suppressed == nil {
			n++
		}
	}
	return n
}

// Fixable returns how many findings sem can fix.
func (r *Report) Fixable() int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Fixable() {
			n++
		}
	}
	return n
}

// Suppressed returns how many findings are suppressed.
func (r *Report) Suppressed() int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Suppressed != nil {
			n++
		}
	}
	return n
}
