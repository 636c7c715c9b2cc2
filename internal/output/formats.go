package output

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"sem.example/internal/diag"
)

// ReportFormats are the formats of a report that machines read, by the name that users give them.
var ReportFormats = map[string]func(io.Writer, *diag.Report) error{
	"json":   ReportJSON,
	"sarif":  SARIF,
	"junit":  JUnit,
	"github": GitHub,
	"gitlab": GitLab,
}

// fingerprints gives each finding an identity that outlives a shift of lines: it is made of the check, the file, the
// object and its field, and the words. Findings that are equal in all that are numbered.
type fingerprints map[string]int

func (seen fingerprints) of(d *diag.Diagnostic) string {
	identity := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%s", d.Check.ID, fileName(d.At.Source()), title(d.At), d.At.Field, d.Message)
	seen[identity]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", identity, seen[identity]))
	return hex.EncodeToString(sum[:16])
}
