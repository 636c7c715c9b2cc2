package suite

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Imported are the tests of other tools, to be written as a file of tests.
type Imported struct {
	Client string // how all requests name their proxy: "from: default/client", "gateway: istio-system/edge"

	cases bytes.Buffer
	count int
}

// A ImportNote is something that an import cannot carry over.
type ImportNote struct {
	File  *source.File
	Range source.Range
	Text  string
}

// Len is how many tests there are.
func (m *Imported) Len() int { return m.count }

// Bytes is the file of tests.
func (m *Imported) Bytes() []byte {
	return fmt.Appendf(nil, "request:\n  %s\ntests:\n%s", m.Client, m.cases.Bytes())
}

// Add reads a file in the form of istio-config-validator (testCases, each with a request, wantMatch and what the VirtualService's
// rule holds) and adds its tests. What that tool asks of the rule is asked of the trace: the destination that the request gets
// to, its rewrite, redirection, fault, headers and delegate. Mistakes of the file are findings.
func (m *Imported) Add(text *source.File) ([]ImportNote, diag.List) {
	docs, problems := source.Parse(text)
	var found diag.List
	for _, d := range diag.Problems(problems) {
		if d.Level() == diag.Error && d.Check.ID != noKind {
			found = append(found, d)
		}
	}
	c := converter{file: text}
	for _, doc := range docs {
		c.doc = doc
		list := doc.Root.Get("testCases")
		if list == nil || list.Kind != source.List {
			c.note(doc.Root, "this document has no list testCases")
			continue
		}
		for _, item := range list.Items {
			if c.testCase(item) {
				m.count++
			}
		}
	}
	m.cases.Write(c.out.Bytes())
	return c.remarks, found
}

// noKind is the check of documents that are not objects, which no file of tests is.
const noKind = "SEM012"

// A converter writes the cases of a file down.
type converter struct {
	file    *source.File
	doc     *source.Document
	out     bytes.Buffer
	remarks []ImportNote
	lines   []string // of the expectation at hand
}

func (c *converter) note(at *source.Node, format string, args ...any) {
	c.remarks = append(c.remarks, ImportNote{File: c.file, Range: firstLine(at.Range), Text: fmt.Sprintf(format, args...)})
}

func (c *converter) expect(format string, args ...any) {
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

// text is a scalar as YAML.
func (c *converter) text(n *source.Node) string { return flowText(c.doc.ScalarText(n)) }

// leftOver remarks upon the fields of a map that nothing reads.
func (c *converter) leftOver(n *source.Node, what string, known ...string) {
	for _, f := range n.Fields {
		if !slices.Contains(known, f.Key) {
			c.note(&source.Node{Range: f.Range}, "%s of %s", f.Key, what)
		}
	}
}

// testCase writes a case and reports whether there was anything to write.
func (c *converter) testCase(n *source.Node) bool {
	if n.Kind != source.Map {
		c.note(n, "a test case that is not a map")
		return false
	}
	c.leftOver(n, "the test case", "description", "wantMatch", "request", "route", "redirect", "rewrite", "fault", "headers", "delegate")
	request := c.request(n.Get("request"))
	if request == nil {
		c.note(n, "the test case: a request needs authority, method and uri")
		return false
	}
	c.lines = nil
	wanted := n.Get("wantMatch") != nil && n.Get("wantMatch").Text == "true"
	key := "expectNot"
	if wanted {
		key = "expect"
		c.wanted(n)
	} else {
		c.unwanted(n)
	}
	if len(c.lines) == 0 {
		c.note(n, "the test case: it says nothing that a trace could be held against")
		return false
	}
	name := "test"
	if d := n.Get("description"); d != nil {
		name = c.text(d)
	}
	fmt.Fprintf(&c.out, "  - name: %s\n    request:\n%s    %s:\n%s", name, indented(request), key, indented(c.lines))
	return true
}

func indented(lines []string) string {
	return "      " + strings.Join(lines, "\n      ") + "\n"
}

// request is a request, a field a line; nil where it names no request.
func (c *converter) request(n *source.Node) []string {
	if n == nil || n.Kind != source.Map {
		return nil
	}
	c.leftOver(n, "the request", "authority", "method", "uri", "headers")
	var out []string
	for _, f := range []struct{ theirs, ours string }{{"authority", "host"}, {"method", "method"}, {"uri", "path"}} {
		list := n.Get(f.theirs)
		if list == nil || list.Kind != source.List || len(list.Items) == 0 {
			return nil
		}
		var values []string
		for _, item := range list.Items {
			values = append(values, c.text(item))
		}
		out = append(out, fmt.Sprintf("%s: [%s]", f.ours, strings.Join(values, ", ")))
	}
	if h := n.Get("headers"); h != nil && len(h.Fields) > 0 {
		out = append(out, "headers: "+c.pairs(h))
	}
	return out
}

// pairs is a map of texts.
func (c *converter) pairs(n *source.Node) string {
	var out []string
	for _, f := range n.Fields {
		value := c.doc.ScalarText(f.Value)
		if f.Value.Kind != source.String {
			value = `"` + value + `"`
		} else {
			value = flowText(value)
		}
		out = append(out, flowText(f.Key)+": "+value)
	}
	return inBraces(out)
}
