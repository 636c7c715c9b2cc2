package diag

import (
	"cmp"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// Related is a further place that explains a finding.
type Related struct {
	Place source.Place
	Note  string
}

// A Diagnostic is one finding.
type Diagnostic struct {
	Check     *Check
	Severity  Severity // the check's own unless set
	Admission Admission
	Message   string // what is wrong, quoting the user's words; no full stop
	Help      string // what to do here; the check's Fix stands in where it is empty
	At        source.Place
	Related   []Related
	Edit      []Change // what fixes it, all together; none where a person has to decide

	Suppressed *Suppressed // nil for what is to be reported
	Unchanged  bool        // the baseline has this finding as well
}

// List is what a stage found.
type List []Diagnostic

// Level returns the severity in force.
func (d *Diagnostic) Level() Severity {
	if d.Severity != "" {
		return d.Severity
	}
	return d.Check.Severity
}

// Advice returns what to do: in this case, or else in general.
func (d *Diagnostic) Advice() string {
	if d.Help != "" {
		return d.Help
	}
	return clause(d.Check.Fix)
}

// Fixable reports whether an edit that cannot change what works would fix the finding. Whether the text can be edited is another
// question.
func (d *Diagnostic) Fixable() bool { return len(d.Edit) > 0 && d.Suppressed == nil && !d.Unchanged }

// clause is the advice of a check as it follows "help:", in the form that the advice of a finding has: a clause that begins with a
// verb. Several sentences stay as they are.
func clause(fix string) string {
	fix = strings.Join(strings.Fields(fix), " ")
	if fix == "" || strings.Contains(fix, ". ") {
		return fix
	}
	return strings.ToLower(fix[:1]) + strings.TrimSuffix(fix[1:], ".")
}

// Distinct returns the list without the findings that say of a place what another one says: a file may be part of several builds.
func (l List) Distinct() List {
	type finding struct {
		check   *Check
		at      source.Position
		message string
	}
	seen := make(map[finding]bool, len(l))
	return slices.DeleteFunc(l, func(d Diagnostic) bool {
		f := finding{d.Check, d.At.Position(), d.Message}
		again := seen[f]
		seen[f] = true
		return again
	})
}

// Sort orders a list by file, position and check, so that output does not depend on the order of the checks.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		x, y := a.At.Position(), b.At.Position()
		return cmp.Or(
			cmp.Compare(x.File, y.File),
			cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column),
			cmp.Compare(a.Check.ID, b.Check.ID), cmp.Compare(a.Message, b.Message),
		)
	})
}
