package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/diag"
)

// Report prints findings for people: a line each, then a line that sums up.
func Report(w io.Writer, r *diag.Report, look Look) error {
	var b strings.Builder
	for i := range r.Findings {
		d := &r.Findings[i]
		at := d.At.Range()
		fmt.Fprintf(&b, "%s:%d:%d: %s[%s]: %s\n", fileName(d.At.Source()), at.Line, at.Column, d.Level(), d.Check.ID, d.Message)
	}
	fmt.Fprintf(&b, "%d documents in %d files: %d errors, %d warnings, %d skipped\n", r.Documents, r.Files, r.Count(diag.Error), r.Count(diag.Warning), r.Skipped)
	_, err := io.WriteString(w, b.String())
	return err
}
