package diag

import "fmt"

// A Baseline compares findings with those of an earlier run. Lines do not count: a finding stays the same when its document
// moves.
type Baseline struct {
	Introduced, Fixed, Unchanged int
}

// Fingerprint names a finding for a comparison with an earlier run.
func (d *Diagnostic) Fingerprint() string {
	kind, namespace, name := "", "", ""
	if doc := d.At.Doc; doc != nil {
		kind, namespace, name = doc.Kind, doc.Namespace, doc.Name
	}
	return Fingerprint(d.Check.ID, kind, namespace, name, d.At.Field, d.Message)
}

// Fingerprint is the fingerprint of a finding whose parts are known from a report.
func Fingerprint(id, kind, namespace, name, field, message string) string {
	return fmt.Sprintf("%q", []string{id, kind, namespace, name, field, message})
}

// Since marks the findings that an earlier run had as well, given by their fingerprints, and counts. Suppressed findings take
// no part.
func (r *Report) Since(earlier []string) {
	left := map[string]int{}
	for _, f := range earlier {
		left[f]++
	}
	r.Baseline = &Baseline{}
	for i := range r.Findings {
		d := &r.Findings[i]
		if d.Suppressed != nil {
			continue
		}
		if f := d.Fingerprint(); left[f] > 0 {
			left[f]--
			d.Unchanged = true
			r.Baseline.Unchanged++
			continue
		}
		r.Baseline.Introduced++
	}
	for _, n := range left {
		r.Baseline.Fixed += n
	}
}
