package output

import (
	"fmt"
	"io"
	"strings"

	"sem.example/internal/source"
	"sem.example/internal/suite"
)

// Tests prints what became of request tests for people, as go test does: each failure with the place of its expectation, what
// is wanted and what the trace has, and the decision behind that; then a line for each file. With verbose, all requests are
// named.
func Tests(w io.Writer, r *suite.Report, verbose bool, look Look) error {
	p := testPrinter{look: look, palette: look.palette(w), verbose: verbose}
	for _, f := range r.Files {
		p.file(f)
	}
	for _, part := range Places(r.Gaps()) {
		fmt.Fprintf(&p, "%s  %s\n", p.palette.bad.Render("not read"), part)
	}
	for _, release := range r.Releases() {
		if !release.Default {
			fmt.Fprintf(&p, "for Istio %s (Envoy %s), %s\n", release.Istio, release.Envoy, Quote(release.Because))
		}
	}
	p.coverage(r.Coverage)
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
	fmt.Fprintf(p, "%s  %s  %s\n", mark, Quote(f.File.Name), strings.Join(parts, ", "))
	for _, d := range doubts(f) {
		p.WriteString("      " + p.palette.warn.Render(Quote(d)) + "\n")
	}
}

// doubts are what was not modelled and may change results, and the resources that took no part, each with the number of results.
func doubts(f *suite.FileResult) []string {
	var order []string
	count := map[string]int{}
	add := func(what string) {
		if count[what]++; count[what] == 1 {
			order = append(order, what)
		}
	}
	for i := range f.Results {
		t := f.Results[i].Trace
		if t == nil {
			continue
		}
		if t.Qualification != "" {
			add(t.Qualification)
		}
		for _, w := range t.NotAdmitted {
			add("without a resource: " + w.Message)
		}
	}
	var out []string
	for _, what := range order {
		out = append(out, fmt.Sprintf("%d of %d, %s", count[what], len(f.Results), what))
	}
	return out
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
	fmt.Fprintf(p, "%s\n", ink.Render("--- "+word+": ")+p.palette.strong.Render(Quote(r.Name())))
	if r.Skipped() {
		fmt.Fprintf(p, "    %s\n", Quote(r.Case.Skip))
		return
	}
	if word == "FAIL" {
		fmt.Fprintf(p, "    %s   from %s\n", Quote(request(r.Trace.Call)), Quote(proxyName(r.Trace.Call.Proxy)))
	}
	for i := range r.Failures {
		p.failure(f, &r.Failures[i])
	}
}

func (p *testPrinter) failure(f *suite.File, e *suite.Failure) {
	fmt.Fprintf(p, "    %s: %s\n", p.palette.place.Render(lineOf(f.Name, e.At)), Quote(e.Field))
	fmt.Fprintf(p, "        want  %s\n", p.palette.good.Render(Quote(e.Want)))
	fmt.Fprintf(p, "        got   %s\n", p.palette.bad.Render(Quote(e.Got)))
	lead := "by    "
	for _, part := range wrap(decisionLine(e), p.look.columns()-14) {
		if part != "" {
			fmt.Fprintf(p, "        %s%s\n", lead, p.palette.dim.Render(part))
		}
		lead = "      "
	}
}

// lineOf is a place in the form that editors and terminals understand.
func lineOf(file string, at source.Range) string {
	return fmt.Sprintf("%s:%d:%d", Quote(file), at.Line, at.Column)
}

// plurals are the words for several parts of the configuration.
var plurals = map[string]string{
	"route": "routes", "match": "matches", "destination": "destinations", "subset": "subsets",
	"port policy": "port policies", "port": "ServiceEntry ports",
}

// coverage counts what was reached and names what was not.
func (p *testPrinter) coverage(c *suite.Coverage) {
	if c == nil {
		return
	}
	reached, total := c.Share("")
	if total == 0 {
		p.WriteString("coverage: no test was run on configuration with routes, destinations or subsets\n")
		return
	}
	var parts []string
	for _, what := range c.Kinds() {
		n, of := c.Share(what)
		parts = append(parts, fmt.Sprintf("%d of %d %s", n, of, plurals[what]))
	}
	ink := p.palette.good
	if reached < total {
		ink = p.palette.warn
	}
	line := fmt.Sprintf("%s  %s", ink.Render(fmt.Sprintf("coverage %.1f%%", c.Percent())), strings.Join(parts, ", "))
	p.WriteString(line + "\n")
	for i := range c.Items {
		if item := &c.Items[i]; item.Hits == 0 {
			fmt.Fprintf(p, "    %s: not reached: %s\n", p.palette.place.Render(lineOf(item.File, item.Range)), itemName(item))
		}
	}
}

// itemName names a part of the configuration.
func itemName(i *suite.Item) string {
	return Quote(fmt.Sprintf("%s %s of %s", i.What, i.Field, i.Object))
}
