package output

import (
	"io"

	"sem.example/internal/suite"
	"sem.example/simulate"
)

// testDocument is the test document, to which fields are only ever added.
type testDocument struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Releases   []releaseDocument `json:"releases"` // of Istio that the answers are for
	Summary    testSummary       `json:"summary"`
	Tests      []resultDocument  `json:"tests"`
	Malformed  []findingDocument `json:"malformed"`
	Unread     []findingDocument `json:"unread,omitempty"` // parts of the configuration that could not be read
	Coverage   *coverageDocument `json:"coverage,omitempty"`
}

type testSummary struct {
	Files     int `json:"files"`
	Passed    int `json:"passed"`
	Failed    int `json:"failed"`
	Skipped   int `json:"skipped"`
	Malformed int `json:"malformed"`
}

type resultDocument struct {
	File     string            `json:"file"`
	Line     int32             `json:"line"`
	Name     string            `json:"name"`
	Status   string            `json:"status"` // passed, failed, skipped
	Skip     string            `json:"skip,omitempty"`
	Request  simulate.Call     `json:"request"`
	Verdict  simulate.Verdict  `json:"verdict,omitempty"`
	Failures []failureDocument `json:"failures"`

	Qualification string   `json:"qualification,omitempty"` // the share of requests that the verdict holds for, and what may change it
	NotAdmitted   []string `json:"notAdmitted,omitempty"`   // resources that admission rejects, and that take no part
}

type failureDocument struct {
	Field  string         `json:"field"`
	Want   string         `json:"want"`
	Got    string         `json:"got"`
	Line   int32          `json:"line"`
	Column int32          `json:"column"`
	Step   *simulate.Step `json:"step,omitempty"` // the decision behind what the trace has
}

type coverageDocument struct {
	Reached int            `json:"reached"`
	Total   int            `json:"total"`
	Percent float64        `json:"percent"`
	Items   []itemDocument `json:"items"`
}

type itemDocument struct {
	What   string `json:"what"`
	Object string `json:"object"`
	Field  string `json:"field"`
	File   string `json:"file"`
	Line   int32  `json:"line"`
	Column int32  `json:"column"`
	Hits   int    `json:"hits"`
}

// TestsJSON prints request tests as the test document.
func TestsJSON(w io.Writer, r *suite.Report) error {
	doc := testDocument{
		APIVersion: "sem/v1", Kind: "TestReport", Releases: releasesOf(r.Releases()), Summary: testSummary{Files: len(r.Files)},
		Tests: []resultDocument{}, Malformed: []findingDocument{},
	}
	for _, f := range r.Files {
		passed, failed, skipped := f.Counts()
		doc.Summary.Passed += passed
		doc.Summary.Failed += failed
		doc.Summary.Skipped += skipped
		doc.Summary.Malformed += len(f.Broken)
		for i := range f.Results {
			doc.Tests = append(doc.Tests, resultOf(f.File, &f.Results[i]))
		}
		for i := range f.Broken {
			doc.Malformed = append(doc.Malformed, findingOf(&f.Broken[i]))
		}
	}
	unread := r.Gaps()
	for i := range unread {
		doc.Unread = append(doc.Unread, findingOf(&unread[i]))
	}
	doc.Coverage = coverageOf(r.Coverage)
	return JSON(w, doc)
}

func resultOf(f *suite.File, r *suite.Result) resultDocument {
	out := resultDocument{
		File: f.Name, Line: r.Case.At.Line, Name: r.Name(), Status: status(r), Skip: r.Case.Skip,
		Request: r.Request.Call, Failures: []failureDocument{},
	}
	if r.Trace != nil {
		out.Verdict, out.Qualification = r.Trace.Verdict, r.Trace.Qualification
		for _, w := range r.Trace.NotAdmitted {
			out.NotAdmitted = append(out.NotAdmitted, w.Message)
		}
	}
	for _, e := range r.Failures {
		out.Failures = append(out.Failures, failureDocument{
			Field: e.Field, Want: e.Want, Got: e.Got, Line: e.At.Line, Column: e.At.Column, Step: e.Step,
		})
	}
	return out
}

func coverageOf(c *suite.Coverage) *coverageDocument {
	if c == nil {
		return nil
	}
	out := &coverageDocument{Percent: c.Percent(), Items: []itemDocument{}}
	out.Reached, out.Total = c.Share("")
	for _, i := range c.Items {
		out.Items = append(out.Items, itemDocument{
			What: i.What, Object: i.Object, Field: i.Field, File: i.File, Line: i.Range.Line, Column: i.Range.Column, Hits: i.Hits,
		})
	}
	return out
}
