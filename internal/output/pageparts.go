package output

import (
	"fmt"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

type findingView struct {
	ID, Severity, Title, Message, Help, Resource, Where string
	Suppressed                                          string
	Lines                                               *fileView
	Notes                                               []noteView
}

type noteView struct {
	Text, Where string
	Lines       *fileView
}

func (v *pageView) addFindings(p *Page) {
	r := p.Findings
	if r == nil {
		return
	}
	v.Checked = true
	v.Checks = fmt.Sprintf("%s in %s checked", counted(r.Documents, "resource"), counted(r.Files, "file"))
	for i := range r.Releases {
		v.Release = Quote("Istio " + r.Releases[i].Istio)
	}
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		if n := r.Count(s); n > 0 {
			name := string(s)
			v.Counts = append(v.Counts, countView{counted(n, name), name, "findings"})
		}
	}
	if len(r.Findings) == 0 {
		v.Counts = append(v.Counts, countView{"no findings", "good", "findings"})
	}
	for i := range r.Findings {
		v.Findings = append(v.Findings, newFindingView(&r.Findings[i]))
	}
}

func newFindingView(d *diag.Diagnostic) findingView {
	out := findingView{
		ID: d.Check.ID, Severity: string(d.Level()), Title: Quote(d.Check.Title), Message: Quote(d.Message), Help: Quote(strings.Join(strings.Fields(d.Advice()), " ")),
		Where: placeName(d.At), Lines: placeLines(d.At),
	}
	if d.At.Doc != nil {
		out.Resource = Quote(title(d.At))
	}
	if d.Suppressed != nil {
		out.Suppressed = "suppressed"
	}
	for _, r := range d.Related {
		out.Notes = append(out.Notes, noteView{Quote(r.Note), placeName(r.Place), placeLines(r.Place)})
	}
	return out
}

// placeLines are the lines of a place, with those around it.
func placeLines(at source.Place) *fileView {
	r, f := at.Range(), at.Source()
	if f == nil || !r.Known() {
		return nil
	}
	return showLines(f, map[int]bool{int(r.Line): true}, r, "")
}

type testView struct {
	Name, State, Request, Verdict, Skip string
	Failures                            []failureView
}

type failureView struct {
	Field, Want, Got, Because, Where string
	Lines                            *fileView
}

func (v *pageView) addTests(p *Page) {
	if p.Tests == nil {
		return
	}
	RedactTests(p.Tests)
	failed, passed, malformed := 0, 0, 0
	for _, f := range p.Tests.Files {
		for i := range f.Broken {
			v.Tests = append(v.Tests, testView{Name: Quote(placeName(f.Broken[i].At)), State: "malformed", Skip: Quote(f.Broken[i].Message)})
			malformed++
		}
		for i := range f.Results {
			one := newTestView(f, &f.Results[i], p.Files)
			v.Tests = append(v.Tests, one)
			switch one.State {
			case "failed":
				failed++
			case "passed":
				passed++
			}
		}
	}
	if malformed > 0 {
		v.Counts = append(v.Counts, countView{fmt.Sprintf("%d malformed in tests", malformed), "error", "tests"})
	}
	if failed > 0 {
		v.Counts = append(v.Counts, countView{counted(failed, "failed test"), "error", "tests"})
	}
	if passed > 0 {
		v.Counts = append(v.Counts, countView{counted(passed, "passed test"), "good", "tests"})
	}
	v.Tested = len(v.Tests) > 0
}

func newTestView(f *suite.FileResult, r *suite.Result, files map[string]*source.File) testView {
	out := testView{Name: Quote(f.File.Name + ": " + r.Name()), State: "passed", Request: Quote(request(r.Request.Call)), Skip: Quote(r.Case.Skip)}
	switch {
	case r.Skipped():
		out.State = "skipped"
		return out
	case len(r.Failures) > 0:
		out.State = "failed"
	}
	if r.Trace != nil {
		out.Verdict = verdictWords(r.Trace.Verdict)
	}
	for _, fail := range r.Failures {
		one := failureView{Field: Quote(fail.Field), Want: Quote(fail.Want), Got: Quote(fail.Got)}
		if fail.Step != nil {
			one.Because = Quote(fail.Step.Because)
			if at := decider(fail.Step); at != nil {
				one.Where = Quote(where(at))
				one.Lines = showLines(files[at.File], map[int]bool{at.Line: true}, source.Range{}, "")
			}
		}
		out.Failures = append(out.Failures, one)
	}
	return out
}

type changeView struct {
	Kind, Region, From, To, Proxies, Command string
	Expected                                 bool
	Details                                  []string
	Old, New                                 []fileView
}

func (v *pageView) addChanges(p *Page) {
	r := p.Changes
	if r == nil {
		return
	}
	v.Compared = true
	class := "good"
	if len(r.Changes)+len(r.Undecided) > 0 {
		class = "warning"
	}
	v.Counts = append(v.Counts, countView{counted(len(r.Changes), "change"), class, "changes"})
	for i := range r.Changes {
		v.Changes = append(v.Changes, newChangeView(&r.Changes[i], p))
	}
	for _, u := range r.Undecided {
		v.Doubts = append(v.Doubts, Quote(fmt.Sprintf("%s (%s): %s", u.Region, strings.Join(u.Proxies, ", "), u.Why)))
	}
}

func newChangeView(c *diff.ReportedChange, p *Page) changeView {
	q := texts(*c, Quote)
	return changeView{
		Kind: string(q.Kind), Region: q.Region, From: q.From, To: q.To, Command: q.Command, Expected: q.Expected, Details: q.Details,
		Proxies: strings.Join(q.Proxies, ", ") + " " + q.Direction, Old: placesOf(c.Old, p.OldFiles, ""), New: placesOf(c.New, p.Files, ""),
	}
}
