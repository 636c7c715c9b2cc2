package output

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/simulate"
)

// Tests prints what became of request tests for people, as go test does: each failure with the place of its expectation, what
// is wanted and what the trace has, and the decision behind that; then a line for each file. With verbose, all requests are
// named.
func Tests(w io.Writer, r *suite.Report, verbose bool, look Look) error {
	p := testPrinter{look: look, palette: look.palette(w), verbose: verbose}
	for _, f := range r.Files {
		p.file(f)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

type testPrinter struct {
	strings.Builder
	look    Look
	palette palette
	verbose bool
}

func (p *testPrinter) file(f *suite.FileResult) {
	for i := range f.Results {
		p.result(f.File, &f.Results[i])
	}
	passed, failed, skipped := f.Counts()
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{failed, "failed"}, {passed, "passed"}, {skipped, "skipped"}, {len(f.Broken), "malformed"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if f.Stopped {
		parts = append(parts, "the rest not run")
	}
	if len(parts) == 0 {
		parts = []string{"no tests to run"}
	}
	mark := p.palette.good.Render("ok  ")
	if failed > 0 || len(f.Broken) > 0 {
		mark = p.palette.bad.Render("FAIL")
	}
	fmt.Fprintf(p, "%s  %s  %s\n", mark, f.File.Name, strings.Join(parts, ", "))
}

func (p *testPrinter) result(f *suite.File, r *suite.Result) {
	word, ink := "PASS", p.palette.good
	switch {
	case len(r.Failures) > 0:
		word, ink = "FAIL", p.palette.bad
	case r.Skipped():
		word, ink = "SKIP", p.palette.warn
	}
	if word != "FAIL" && !p.verbose {
		return
	}
	fmt.Fprintf(p, "%s\n", ink.Render("--- "+word+": ")+p.palette.strong.Render(flat(r.Name())))
	if r.Skipped() {
		fmt.Fprintf(p, "    %s\n", flat(r.Case.Skip))
		return
	}
	if word == "FAIL" {
		fmt.Fprintf(p, "    %s   from %s\n", flat(request(r.Trace.Call)), flat(proxyName(r.Trace.Call.Proxy)))
	}
	for i := range r.Failures {
		p.failure(f, &r.Failures[i])
	}
}

func (p *testPrinter) failure(f *suite.File, e *suite.Failure) {
	fmt.Fprintf(p, "    %s: %s\n", p.palette.place.Render(lineOf(f.Name, e.At)), flat(e.Field))
	fmt.Fprintf(p, "        want  %s\n", p.palette.good.Render(flat(e.Want)))
	fmt.Fprintf(p, "        got   %s\n", p.palette.bad.Render(flat(e.Got)))
	if e.Step == nil {
		return
	}
	p.decision(e.Step)
}

// decision writes the step behind what a trace has, its place first so that terminals know it for one.
func (p *testPrinter) decision(s *simulate.Step) {
	line := cmp.Or(stageNames[s.Stage], s.Stage) + " " + s.Chose
	if s.Because != "" {
		line += ": " + s.Because
	}
	if len(s.Origins) > 0 {
		line = placeText(&s.Origins[0], "") + "  " + line
	}
	lead := "by    "
	for _, part := range wrap(flat(line), p.look.columns()-14) {
		fmt.Fprintf(p, "        %s%s\n", lead, p.palette.dim.Render(part))
		lead = "      "
	}
}

// lineOf is a place in the form that editors and terminals understand.
func lineOf(file string, at source.Range) string {
	return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
}
