package diag

import (
	"cmp"
	"slices"

	"sem.example/internal/source"
)

// A Place is a field of a document.
type Place struct {
	Doc   *source.Document
	Field string       // path; "" is the whole document
	Key   bool         // point at the key rather than at the value
	Exact source.Range // where a parser knows the place itself (no document yet); overrides Field
	File  *source.File // where there is no document
}

// Range resolves the place to lines and columns.
func (p Place) Range() source.Range {
	switch {
	case p.Exact.Known():
		return p.Exact
	case p.Doc == nil:
		return source.Range{}
	case p.Key:
		return p.Doc.KeyAt(p.Field)
	}
	return p.Doc.At(p.Field)
}

// Source is the file of the place, or nil.
func (p Place) Source() *source.File {
	switch {
	case p.Doc == nil:
		return p.File
	case p.Exact.Known():
		return p.Doc.File
	}
	return p.Doc.FileAt(p.Field)
}

// Related is a further place that explains a finding.
type Related struct {
	Place Place
	Note  string
}

// A Diagnostic is one finding.
type Diagnostic struct {
	Check     *Check
	Severity  Severity // the check's own unless set
	Admission Admission
	Message   string // what is wrong, quoting the user's words; no full stop
	Help      string // what to do here; the check's Fix stands in where it is empty
	At        Place
	Related   []Related

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

// Advice says what to do: in this case, or else in general.
func (d *Diagnostic) Advice() string {
	if d.Help != "" {
		return d.Help
	}
	return d.Check.Fix
}

// Sort orders a list by file, position and check, so that output does not depend on the order of the checks.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		x, y := a.At.Range(), b.At.Range()
		return cmp.Or(
			cmp.Compare(a.At.fileName(), b.At.fileName()),
			cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column),
			cmp.Compare(a.Check.ID, b.Check.ID), cmp.Compare(a.Message, b.Message),
		)
	})
}

func (p Place) fileName() string {
	if f := p.Source(); f != nil {
		return f.Name
	}
	return ""
}
