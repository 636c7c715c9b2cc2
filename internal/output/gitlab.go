package output

import (
	"io"
	"path/filepath"
	"strings"

	"sem.example/internal/diag"
)

// The Code Quality report of GitLab: a list of issues.
type (
	gitlabIssue struct {
		Description string         `json:"description"`
		Check       string         `json:"check_name"`
		Fingerprint string         `json:"fingerprint"`
		Severity    string         `json:"severity"`
		Location    gitlabLocation `json:"location"`
	}
	gitlabLocation struct {
		Path  string      `json:"path"`
		Lines gitlabLines `json:"lines"`
	}
	gitlabLines struct {
		Begin int32 `json:"begin"`
		End   int32 `json:"end"`
	}
)

var gitlabSeverity = map[diag.Severity]string{diag.Error: "major", diag.Warning: "minor", diag.Info: "info"}

// GitLab prints a report as GitLab's Code Quality report, which a merge request shows.
func GitLab(w io.Writer, r *diag.Report) error {
	issues := make([]gitlabIssue, 0, len(r.Findings))
	seen := fingerprints{}
	for i := range r.Findings {
		d := &r.Findings[i]
		if d.Suppressed != nil {
			continue
		}
		file, at, _ := templatePlace(d.At)
		issues = append(issues, gitlabIssue{
			Description: d.Message, Check: d.Check.ID, Fingerprint: seen.of(d), Severity: gitlabSeverity[d.Level()],
			Location: gitlabLocation{
				Path:  strings.TrimPrefix(filepath.ToSlash(file), "./"),
				Lines: gitlabLines{Begin: max(at.Line, 1), End: max(at.EndLine, 1)},
			},
		})
	}
	return JSON(w, issues)
}
