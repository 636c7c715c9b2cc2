package output

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

// TestFormats are the formats of request tests that machines read, by the name that users give them.
var TestFormats = map[string]func(io.Writer, *suite.Report) error{
	"json":   TestsJSON,
	"junit":  TestsJUnit,
	"github": TestsGitHub,
	"lcov":   LCOV,
}

// status is what became of a request, in a word.
func status(r *suite.Result) string {
	switch {
	case r.Skipped():
		return "skipped"
	case len(r.Failures) > 0:
		return "failed"
	}
	return "passed"
}

// failureLine is a failure on a line.
func failureLine(e *suite.Failure) string {
	return Quote(fmt.Sprintf("%s: want %s, got %s", e.Field, e.Want, e.Got))
}

// decisionLine is the step behind what a trace has, its place first so that terminals know it for one; "" where there is none.
func decisionLine(e *suite.Failure) string {
	if e.Step == nil {
		return ""
	}
	name := e.Step.Stage
	if word := stageNames[name]; word != "" {
		name = word
	}
	line := name + " " + e.Step.Chose
	if e.Step.Because != "" {
		line += ": " + e.Step.Because
	}
	if len(e.Step.Origins) > 0 {
		line = placeText(&e.Step.Origins[0], "") + "  " + line
	}
	return Quote(line)
}

// TestsJUnit prints request tests as the XML that test runners show: a suite for each file, a case for each request.
func TestsJUnit(w io.Writer, r *suite.Report) error {
	all := junitSuites{Name: "sem test"}
	for _, f := range r.Files {
		s := junitSuite{Name: Quote(f.File.Name)}
		for i := range f.Results {
			s.Cases = append(s.Cases, junitResult(f.File, &f.Results[i]))
		}
		for i := range f.Broken {
			d := &f.Broken[i]
			head := placeName(d.At) + ": " + Quote(d.Message)
			s.Cases = append(s.Cases, junitCase{Name: head, Class: s.Name, Failures: []junitFailure{{Message: Quote(d.Message), Type: d.Check.ID, Text: head}}})
		}
		for _, c := range s.Cases {
			s.Tests++
			if len(c.Failures) > 0 {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
		}
		s.Properties = junitReleases((&suite.Report{Files: []*suite.FileResult{f}}).Releases())
		all.Suites = append(all.Suites, s)
		all.Tests += s.Tests
		all.Failures += s.Failures
	}
	if s := junitUnread(r.Gaps()); len(s.Cases) > 0 {
		all.Suites = append(all.Suites, s)
		all.Tests += s.Tests
	}
	return writeXML(w, all)
}

// junitUnread are the parts of the configuration that could not be read, as cases that were skipped: the tests were run without them.
func junitUnread(unread diag.List) junitSuite {
	s := junitSuite{Name: "not read"}
	for _, part := range Places(unread) {
		s.Cases = append(s.Cases, junitCase{Name: part, Class: s.Name, Skipped: &junitSkipped{Message: "not read: the tests were run without it"}})
	}
	s.Tests, s.Skipped = len(s.Cases), len(s.Cases)
	return s
}

func junitResult(f *suite.File, r *suite.Result) junitCase {
	c := junitCase{Name: Quote(r.Name()), Class: Quote(f.Name)}
	if r.Skipped() {
		c.Skipped = &junitSkipped{Message: Quote(r.Case.Skip)}
	}
	for i := range r.Failures {
		e := &r.Failures[i]
		text := lineOf(f.Name, e.At) + ": " + failureLine(e)
		if by := decisionLine(e); by != "" {
			text += "\nby " + by
		}
		c.Failures = append(c.Failures, junitFailure{Message: failureLine(e), Type: "expectation", Text: text})
	}
	return c
}

// TestsGitHub prints what failed as workflow commands, which GitHub Actions shows as annotations of a change, and what no test
// reached as notices.
func TestsGitHub(w io.Writer, r *suite.Report) error {
	var b strings.Builder
	for _, f := range r.Files {
		for i := range f.Broken {
			command(&b, &f.Broken[i])
		}
		for i := range f.Results {
			result := &f.Results[i]
			for j := range result.Failures {
				e := &result.Failures[j]
				text := failureLine(e)
				if by := decisionLine(e); by != "" {
					text += "\nby " + by
				}
				annotate(&b, "error", f.File.Name, e.At, "sem test: "+result.Name(), text)
			}
		}
	}
	unread := r.Gaps()
	for i := range unread {
		command(&b, &unread[i])
	}
	if r.Coverage != nil {
		for i := range r.Coverage.Items {
			if item := &r.Coverage.Items[i]; item.Hits == 0 {
				annotate(&b, "notice", item.File, item.Range, "sem test: not reached", itemName(item)+" is reached by no test")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotate(b *strings.Builder, level, file string, at source.Range, title, text string) {
	fmt.Fprintf(b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", level, githubProperty.Replace(Quote(filepath.ToSlash(file))),
		at.Line, at.Column, githubProperty.Replace(Quote(title)), githubText.Replace(text))
}
