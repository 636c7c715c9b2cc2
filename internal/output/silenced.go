package output

import (
	"fmt"
	"strings"

	"sem.example/internal/diag"
)

// shownSilencers is how many files, and how many checks of each, text names that silence findings.
const shownSilencers = 10

// Silenced returns a line for each file that keeps findings from failing: how many, of which checks, and in which way.
func Silenced(r *diag.Report) []string {
	var lines []string
	for i, s := range r.Silenced {
		if i == shownSilencers {
			lines = append(lines, fmt.Sprintf("and %d more; -o json lists them", len(r.Silenced)-i))
			break
		}
		checks := s.Checks
		if more := len(checks) - shownSilencers; more > 0 {
			checks = append(checks[:shownSilencers:shownSilencers], fmt.Sprintf("and %d more", more))
		}
		lines = append(lines, fmt.Sprintf("suppressed by %s: %s (%s) %s", Quote(s.By), count(s.Findings, "finding"), strings.Join(checks, ", "), silencedHow[s.How]))
	}
	if r.FailOn.By != "" && r.FailOn.Severity == "none" {
		lines = append(lines, Quote(r.FailOn.By)+" sets fail-on: none, so no finding fails this run")
	}
	return lines
}

// silencedHow words the ways of silencing.
var silencedHow = map[string]string{
	"disable": "disabled", "severity": "lowered in severity", "ignore": "ignored", "baseline": "in its baseline already", "comment": "suppressed in the file",
}
