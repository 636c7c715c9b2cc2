package sem

import (
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// A Severity grades a finding.
type Severity string

// The severities, the gravest first.
const (
	SeverityError   Severity = "error"   // is rejected, or cannot work
	SeverityWarning Severity = "warning" // very likely not what its author means
	SeverityInfo    Severity = "info"    // worth knowing
)

// Admission is what the API server and Istio's webhook do with a document.
type Admission string

// What admission does.
const (
	Admitted Admission = ""
	Rejected Admission = "rejected"
	Warned   Admission = "warned"
)

// A Finding is a mistake in a document, or what is worth knowing of it.
type Finding struct {
	ID         string   // of the check, such as "SEM140"
	Title      string   // of the check
	Aliases    []string // the codes by which other tools know the check
	Severity   Severity
	Admission  Admission
	Message    string  // what is wrong
	Help       string  // what to do
	Place      Place   // where it is written; without a line for a file that cannot be read
	EndLine    int     // of what is wrong there
	EndColumn  int     // behind its last character
	Related    []Place // further places; the note of each says what it has to do with the finding
	Suppressed bool    // a comment or annotation in the input lets it be
}

func findings(found diag.List) []Finding {
	out := make([]Finding, 0, len(found))
	for i := range found {
		d := &found[i]
		end := d.At.Range()
		f := Finding{
			ID: d.Check.ID, Title: d.Check.Title, Aliases: append([]string{}, d.Check.Aliases...),
			Severity: Severity(d.Level()), Admission: Admission(d.Admission), Message: d.Message, Help: d.Advice(),
			Place: placeOf(d.At), EndLine: int(end.EndLine), EndColumn: int(end.EndColumn), Suppressed: d.Suppressed != nil,
		}
		for _, r := range d.Related {
			p := placeOf(r.Place)
			p.Note = r.Note
			f.Related = append(f.Related, p)
		}
		out = append(out, f)
	}
	return out
}

func placeOf(p source.Place) Place {
	at := p.Position()
	out := Place{File: at.File, Line: at.Line, Column: at.Column, Field: p.Field}
	if p.Doc != nil {
		out.Kind, out.Namespace, out.Name = p.Doc.Kind, p.Doc.Namespace, p.Doc.Name
	}
	return out
}
