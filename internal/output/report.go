package output

import (
	"io"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// reportDocument is the validate document, to which fields are only ever added.
type reportDocument struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Releases   []releaseDocument `json:"releases"` // of Istio that the findings are for: one, unless worlds name several
	Summary    summaryDocument   `json:"summary"`
	Findings   []findingDocument `json:"findings"`
}

// releaseDocument is a release of Istio.
type releaseDocument struct {
	Istio   string `json:"istio"`
	Envoy   string `json:"envoy"`   // that its proxies run
	Because string `json:"because"` // why it is this one
}

// summaryDocument counts what was read and found. Suppressed findings count nowhere else.
type summaryDocument struct {
	Files      int            `json:"files"`
	Documents  int            `json:"documents"`
	Skipped    int            `json:"skipped"`               // documents that no check looks at
	NotChecked map[string]int `json:"notChecked,omitempty"`  // the skipped documents, by their kinds
	Worlds     int            `json:"worlds"`                // of files that are not alternatives to each other
	Builds     []string       `json:"builds,omitempty"`      // the folders of kustomizations, each a world as kustomize builds it
	Named      []string       `json:"namedWorlds,omitempty"` // the worlds that the settings define
	Errors     int            `json:"errors"`
	Warnings   int            `json:"warnings"`
	Infos      int            `json:"infos"`

	Suppressed int `json:"suppressed"`

	Baseline *baselineDocument `json:"baseline,omitempty"` // with --baseline

	Silenced []silencedDocument `json:"silenced,omitempty"` // by settings and comments
	FailOn   *failOnDocument    `json:"failOn,omitempty"`   // where a settings file sets it
}

// silencedDocument counts the findings that one file keeps from failing.
type silencedDocument struct {
	By       string   `json:"by"`     // the file
	How      string   `json:"how"`    // disable, severity, ignore, baseline or comment
	Checks   []string `json:"checks"` // IDs
	Findings int      `json:"findings"`
}

// failOnDocument is the severity from which on findings fail, and the settings file that sets it.
type failOnDocument struct {
	Severity string `json:"severity"`
	By       string `json:"by"`
}

// baselineDocument compares with an earlier run.
type baselineDocument struct {
	Introduced int `json:"introduced"`
	Fixed      int `json:"fixed"`
	Unchanged  int `json:"unchanged"`
}

// findingDocument is one finding. Lines and columns count from 1, columns in characters; the end is behind the last one.
type findingDocument struct {
	ID         string            `json:"id"` // of the check
	Severity   diag.Severity     `json:"severity"`
	Admission  diag.Admission    `json:"admission"`
	Message    string            `json:"message"`
	Help       string            `json:"help"` // what to do
	File       string            `json:"file"`
	Line       int32             `json:"line"`
	Column     int32             `json:"column"`
	EndLine    int32             `json:"endLine"`
	EndColumn  int32             `json:"endColumn"`
	Document   *objectDocument   `json:"document,omitempty"`
	Field      string            `json:"field"`   // the path of the field, as in spec.http[0].timeout
	Aliases    []string          `json:"aliases"` // the codes by which other tools know the check
	Related    []relatedDocument `json:"related"`
	Suppressed bool              `json:"suppressed"`
	Unchanged  bool              `json:"unchanged,omitempty"` // since the baseline
	Fixable    bool              `json:"fixable,omitempty"`   // by sem validate --fix, where the text allows it
}

// objectDocument names the object that a finding is about.
type objectDocument struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Template  string `json:"template,omitempty"` // that Helm or kustomize made it from
}

// relatedDocument is a further place, and what it has to do with the finding.
type relatedDocument struct {
	File   string `json:"file"`
	Line   int32  `json:"line"`
	Column int32  `json:"column"`
	Note   string `json:"note"`
}

// ReportJSON prints the validate document.
func ReportJSON(w io.Writer, r *diag.Report) error {
	doc := reportDocument{APIVersion: "sem/v1", Kind: "ValidateReport", Releases: releasesOf(r.Releases), Findings: make([]findingDocument, 0, len(r.Findings))}
	doc.Summary = summaryDocument{
		Files: r.Files, Documents: r.Documents, Skipped: r.Skipped, NotChecked: r.NotChecked, Worlds: r.Worlds, Builds: r.Builds, Named: r.Named,
		Errors: r.Count(diag.Error), Warnings: r.Count(diag.Warning), Infos: r.Count(diag.Info), Suppressed: r.Suppressed(),
	}
	if b := r.Baseline; b != nil {
		doc.Summary.Baseline = (*baselineDocument)(b)
	}
	for _, s := range r.Silenced {
		doc.Summary.Silenced = append(doc.Summary.Silenced, silencedDocument(s))
	}
	if r.FailOn.By != "" {
		doc.Summary.FailOn = &failOnDocument{Severity: r.FailOn.Severity, By: r.FailOn.By}
	}
	for i := range r.Findings {
		doc.Findings = append(doc.Findings, findingOf(&r.Findings[i]))
	}
	return JSON(w, doc)
}

func releasesOf(all []diag.Release) []releaseDocument {
	out := []releaseDocument{}
	for _, r := range all {
		out = append(out, releaseDocument{Istio: r.Istio, Envoy: r.Envoy, Because: r.Because})
	}
	return out
}

func findingOf(d *diag.Diagnostic) findingDocument {
	at := d.At.Range()
	f := findingDocument{
		ID: d.Check.ID, Severity: d.Level(), Admission: d.Admission, Message: d.Message, Help: d.Advice(),
		File: fileName(d.At.Source()), Line: at.Line, Column: at.Column, EndLine: at.EndLine, EndColumn: at.EndColumn,
		Field: d.At.Field, Aliases: append([]string{}, d.Check.Aliases...), Related: []relatedDocument{}, Suppressed: d.Suppressed != nil, Unchanged: d.Unchanged, Fixable: d.Fixable(),
	}
	if doc := d.At.Doc; doc != nil {
		f.Document = &objectDocument{Kind: doc.Kind, Namespace: doc.Namespace, Name: doc.Name, Template: doc.Label}
	}
	for _, rel := range d.Related {
		to := rel.Place.Range()
		f.Related = append(f.Related, relatedDocument{File: fileName(rel.Place.Source()), Line: to.Line, Column: to.Column, Note: rel.Note})
	}
	return f
}

func fileName(f *source.File) string {
	if f == nil {
		return ""
	}
	return f.Name
}
