package diag

// A Report is what validation says of an input.
type Report struct {
	Files     int // files that were read
	Documents int // documents in them
	Skipped   int // documents that are neither Istio's nor needed of Kubernetes
	Findings  List
}

// Count returns how many findings there are of a severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Level() == s {
			n++
		}
	}
	return n
}
