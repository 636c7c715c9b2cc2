package output

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// The elements of the JUnit XML report: a suite for each file, a case for each document.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`

		Properties *junitProperties `xml:"properties"`
		Cases      []junitCase      `xml:"testcase"`
	}
	junitProperties struct {
		All []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name     string         `xml:"name,attr"`
		Class    string         `xml:"classname,attr"`
		Failures []junitFailure `xml:"failure"`
		Skipped  *junitSkipped  `xml:"skipped"`
		Output   string         `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit prints a report as the XML that test runners show. An error fails the case of its document; what is less grave is
// output of the case.
func JUnit(w io.Writer, r *diag.Report) error {
	b := junitBuilder{suites: junitSuites{Name: "sem validate"}, cases: map[any]*junitCase{}, at: map[string]int{}}
	if r.Input != nil {
		for _, f := range r.Input.Files {
			b.suite(f.Name)
		}
		for _, doc := range r.Input.Documents {
			b.document(doc)
		}
	}
	for i := range r.Findings {
		if d := &r.Findings[i]; d.Suppressed == nil {
			b.finding(d)
		}
	}
	b.count()
	for i := range b.suites.Suites {
		b.suites.Suites[i].Properties = junitReleases(r.Releases)
	}
	return writeXML(w, b.suites)
}

// junitReleases are the releases of Istio that the cases are about.
func junitReleases(all []diag.Release) *junitProperties {
	if len(all) == 0 {
		return nil
	}
	p := &junitProperties{}
	for _, r := range all {
		p.All = append(p.All, junitProperty{"istio", r.Istio}, junitProperty{"envoy", r.Envoy})
	}
	return p
}

func writeXML(w io.Writer, document any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(document); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitBuilder struct {
	suites junitSuites
	at     map[string]int // suite of a file
	cases  map[any]*junitCase
	order  [][]*junitCase // of each suite
}

func (b *junitBuilder) suite(file string) int {
	i, ok := b.at[file]
	if !ok {
		i = len(b.order)
		b.at[file] = i
		b.order = append(b.order, nil)
		b.suites.Suites = append(b.suites.Suites, junitSuite{Name: Quote(file)})
	}
	return i
}

func (b *junitBuilder) document(doc *source.Document) *junitCase {
	return b.testcase(doc, doc.File.Name, fmt.Sprintf("%s (document %d)", objectName(doc), doc.Index+1))
}

// testcase returns the case of a document or, for what belongs to none, of a file.
func (b *junitBuilder) testcase(key any, file, name string) *junitCase {
	c, ok := b.cases[key]
	if !ok {
		c = &junitCase{Name: Quote(strings.TrimSpace(name)), Class: Quote(file)}
		b.cases[key] = c
		i := b.suite(file)
		b.order[i] = append(b.order[i], c)
	}
	return c
}

func (b *junitBuilder) finding(d *diag.Diagnostic) {
	c := b.caseOf(d.At)
	head := fmt.Sprintf("%s: %s[%s]: %s", placeName(d.At), d.Level(), d.Check.ID, Quote(d.Message))
	if d.Level() != diag.Error {
		c.Output += head + "\n"
		return
	}
	c.Failures = append(c.Failures, junitFailure{Message: Quote(d.Message), Type: d.Check.ID, Text: head + "\nhelp: " + Quote(d.Advice())})
}

// caseOf returns the case to which a place belongs.
func (b *junitBuilder) caseOf(p source.Place) *junitCase {
	if p.Doc != nil {
		return b.document(p.Doc)
	}
	file := fileName(p.Source())
	return b.testcase(file, file, "the file as such")
}

func (b *junitBuilder) count() {
	for i := range b.suites.Suites {
		s := &b.suites.Suites[i]
		for _, c := range b.order[i] {
			s.Cases = append(s.Cases, *c)
			s.Tests++
			if len(c.Failures) > 0 {
				s.Failures++
			}
		}
		b.suites.Tests += s.Tests
		b.suites.Failures += s.Failures
	}
}
