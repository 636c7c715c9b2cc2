package output

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"

	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/draw"
	"sem.example/internal/graph"
	"sem.example/internal/quote"
	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/internal/upgrade"
	"sem.example/simulate"
)

// hostile are texts that do something where they are not quoted.
var hostile = []string{
	"plain", "\x1b[31mred", "\x1b]0;title\a", "a\r\n::error::x", "\n::set-output name=a::b", "  ::warning file=x::y", "##vso[task.complete]",
	"a ##[error]b", "\u202eevil", "\u2066x\u2069", "\u200bzero", "\u009b31m", "\u2028line", "\xff\xfe", "`code` ``two``", "<img src=x>",
	"[a](javascript:1)", "a | b", "%0A::error::x", "participant X\nend", "%%{init: {}}%%", "$$x$$", "end_of_record\nSF:x", "]]>", "\x00", "::1", "fd00::1", "::- x", "::ab x", "::ab-c x",
	"a very long text with many words ::error::that wraps somewhere behind the edge of the terminal because it is so long ::error::x",
}

// planted returns a value whose strings are all a text, and whose lists and maps have one entry.
func planted(t reflect.Type, text string, depth int) reflect.Value {
	out := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		out.SetString(text)
	case reflect.Bool:
		out.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		out.SetInt(1)
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		out.SetUint(1)
	case reflect.Float64:
		out.SetFloat(1)
	case reflect.Pointer:
		if depth < 9 {
			out.Set(reflect.New(t.Elem()))
			out.Elem().Set(planted(t.Elem(), text, depth+1))
		}
	case reflect.Slice:
		if depth < 9 {
			out.Set(reflect.Append(out, planted(t.Elem(), text, depth+1), planted(t.Elem(), text, depth+1)))
		}
	case reflect.Map:
		out.Set(reflect.MakeMap(t))
		out.SetMapIndex(planted(t.Key(), text, depth+1), planted(t.Elem(), text, depth+1))
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				out.Field(i).Set(planted(t.Field(i).Type, text, depth+1))
			}
		}
	}
	return out
}

// plantedTrace is a trace all of whose texts are one, with the verdict of a success or of a failure.
func plantedTrace(text string, verdict simulate.Verdict) *simulate.Trace {
	t := planted(reflect.TypeFor[simulate.Trace](), text, 0).Interface().(simulate.Trace)
	t.Verdict = verdict
	for i := range t.Hops {
		for j := range t.Hops[i].Steps {
			t.Hops[i].Steps[j].Origins[0].Role = "overridden"
		}
	}
	return &t
}

// plantedReport is a report about files, objects and fields of a name.
func plantedReport(text string) *diag.Report {
	name, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	yaml := fmt.Sprintf("# Source: %s\napiVersion: v1\nkind: %s\nmetadata: {name: %s, namespace: %s}\nspec: {%s: %s} # %s\n",
		strings.ReplaceAll(text, "\n", " "), name, name, name, name, name, text)
	file := &source.File{Name: text, Data: []byte(yaml)}
	docs, _ := source.Parse(file)
	found := diag.List{
		{Check: broad, At: source.Place{File: file, Exact: source.Range{Line: 5, Column: 1, EndLine: 5, EndColumn: 9}}, Message: text, Help: text},
		{Check: odd, Severity: diag.Info, At: source.Place{File: file}, Message: text},
	}
	if len(docs) > 0 {
		at := source.Place{Doc: docs[0], Field: source.Join("spec", text)}
		found = append(found, diag.Diagnostic{Check: odd, At: at, Message: text, Related: []diag.Related{{Place: at, Note: text}}})
	}
	return &diag.Report{
		Input: &source.Input{Files: []*source.File{file}, Documents: docs}, Findings: found,
		Silenced: []diag.Silenced{{By: text, How: "ignore", Checks: []string{"SEM100"}, Findings: 1}}, FailOn: diag.FailOn{Severity: "none", By: text},
	}
}

// plantedTests are request tests of a name, with what fails.
func plantedTests(text string) *suite.Report {
	trace := plantedTrace(text, simulate.NoRoute)
	failure := suite.Failure{Field: text, Want: text, Got: text, Step: &trace.Hops[0].Steps[0], Proxy: trace.Hops[0].Proxy}
	file := &suite.File{Name: text}
	named := suite.Request{Name: text, Call: trace.Call}
	return &suite.Report{
		Files: []*suite.FileResult{{
			File: file, Broken: plantedReport(text).Findings,
			Results: []suite.Result{
				{Case: &suite.Case{Name: text}, Request: named, Trace: trace, Failures: []suite.Failure{failure}},
				{Case: &suite.Case{Name: text, Skip: text}, Request: named},
			},
		}},
		Coverage: &suite.Coverage{Items: []suite.Item{{What: "route", Object: text, Field: text, File: text}}},
	}
}

// plantedDiff is a comparison all of whose texts are one, but for the kind of a change, which is one of a few.
func plantedDiff(text string) *diff.Report {
	r := planted(reflect.TypeFor[diff.Report](), text, 0).Interface().(diff.Report)
	for i := range r.Changes {
		r.Changes[i].Kind = diff.Broken
	}
	return &r
}

// plantedRoutes is a list of routes all of whose texts are one.
func plantedRoutes(text string) *diff.RouteList {
	l := planted(reflect.TypeFor[diff.RouteList](), text, 0).Interface().(diff.RouteList)
	return &l
}

// plantedUpgrade is the comparison of two releases all of whose texts are one, but for the kinds of changes, which are of a few.
func plantedUpgrade(text string) *upgrade.Report {
	r := planted(reflect.TypeFor[upgrade.Report](), text, 0).Interface().(upgrade.Report)
	for i := range r.Documents {
		r.Documents[i].Change = upgrade.BecomesInvalid
	}
	for i := range r.Requests {
		r.Requests[i].Kind = diff.Broken
	}
	return &r
}

// plantedGraph is a graph all of whose texts are one, but for what a node is and where edges lead.
func plantedGraph(text string) *graph.Graph {
	g := planted(reflect.TypeFor[graph.Graph](), text, 0).Interface().(graph.Graph)
	for i := range g.Nodes {
		g.Nodes[i].ID, g.Nodes[i].Kind = text+strconv.Itoa(i), []graph.Kind{graph.Host, graph.External}[i]
	}
	for i := range g.Edges {
		g.Edges[i].From, g.Edges[i].To = g.Nodes[i].ID, g.Nodes[1-i].ID
	}
	return &g
}

// outputs is everything that leaves sem about one text, by format.
func outputs(t *testing.T, text string) map[string]string {
	out := map[string]string{}
	keep := func(name string, print func(*bytes.Buffer) error) {
		var buf bytes.Buffer
		if err := print(&buf); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = buf.String()
	}
	for _, verdict := range []simulate.Verdict{simulate.Delivered, simulate.NoRoute} {
		trace := plantedTrace(text, verdict)
		keep("trace text "+string(verdict), func(b *bytes.Buffer) error { return Trace(b, trace, Look{Width: 60, Why: true}) })
		keep("trace json "+string(verdict), func(b *bytes.Buffer) error { return JSON(b, trace) })
		keep("trace markdown "+string(verdict), func(b *bytes.Buffer) error { return Markdown(b, trace) })
		keep("trace mermaid "+string(verdict), func(b *bytes.Buffer) error { return Mermaid(b, trace) })
	}
	report, tests := plantedReport(text), plantedTests(text)
	keep("report text", func(b *bytes.Buffer) error { return Report(b, report, Look{Width: 60}) })
	for name, print := range ReportFormats {
		keep("report "+name, func(b *bytes.Buffer) error { return print(b, report) })
	}
	keep("tests text", func(b *bytes.Buffer) error { return Tests(b, tests, true, Look{Width: 60}) })
	for name, print := range TestFormats {
		keep("tests "+name, func(b *bytes.Buffer) error { return print(b, tests) })
	}
	changes := plantedDiff(text)
	keep("diff text", func(b *bytes.Buffer) error { return DiffText(b, changes, Look{Width: 60}) })
	keep("diff json", func(b *bytes.Buffer) error { return JSON(b, changes) })
	keep("diff markdown", func(b *bytes.Buffer) error { return DiffMarkdown(b, changes) })
	keep("diff github", func(b *bytes.Buffer) error { return DiffGitHub(b, changes) })
	routes := plantedRoutes(text)
	keep("routes text", func(b *bytes.Buffer) error { return RoutesText(b, routes) })
	keep("routes tree", func(b *bytes.Buffer) error { return RoutesTree(b, routes) })
	keep("routes json", func(b *bytes.Buffer) error { return JSON(b, routes) })
	releases := plantedUpgrade(text)
	keep("upgrade text", func(b *bytes.Buffer) error { return UpgradeText(b, releases, Look{Width: 60}) })
	keep("upgrade json", func(b *bytes.Buffer) error { return JSON(b, releases) })
	keep("upgrade markdown", func(b *bytes.Buffer) error { return UpgradeMarkdown(b, releases) })
	picture := plantedGraph(text)
	for name, print := range GraphFormats {
		if name != "png" { // which is not read as text
			keep("graph "+name, func(b *bytes.Buffer) error { return print(b, picture, draw.Look{}) })
		}
	}
	keep("report page", func(b *bytes.Buffer) error {
		one := PageTrace{Trace: plantedTrace(text, simulate.NoRoute), Graph: picture}
		files := map[string]*source.File{text: {Name: text, Data: []byte(text + "\n" + text)}}
		return HTML(b, &Page{
			Title: text, Findings: plantedReport(text), Mesh: picture, Traces: []PageTrace{one}, Tests: plantedTests(text), Changes: plantedDiff(text), Since: text,
			Files: files, OldFiles: files, Live: &LivePage{From: text, URL: text, Clients: []string{text}, Error: text, Asked: &one},
		})
	})
	return out
}

var (
	// GitHub's commands have names that begin with a letter; a name of hexadecimal letters alone is part of an IPv6 address.
	startsCommand = regexp.MustCompile(`(?m)^\s*::[A-Za-z][A-Za-z-]*`)
	address       = regexp.MustCompile(`^\s*::[A-Fa-f]+$`)
	ourCommand    = regexp.MustCompile(`^::(error|warning|notice) (file=[^,\n]*(,(line|col|endLine|endColumn)=\d+)*,)?title=[^,:\n]*::[^\n]*$`)
)

// FuzzFormats holds every format to what docs/security.md promises: whatever files, objects, fields and requests are called,
// nothing reaches a terminal or a log that moves the cursor, hides text or is taken for a command.
func FuzzFormats(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 300 {
			return
		}
		for name, out := range outputs(t, text) {
			checkOutput(t, name, out)
		}
	})
}

func checkOutput(t *testing.T, name, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%s: not UTF-8: %q", name, out)
	}
	for _, r := range out {
		if r != '\n' && quote.Unsafe(r) {
			t.Errorf("%s: %U is raw in %q", name, r, out)
			return
		}
	}
	if strings.Contains(name, "json") || strings.HasSuffix(name, "sarif") || strings.HasSuffix(name, "gitlab") {
		if !json.Valid([]byte(out)) {
			t.Errorf("%s: not JSON: %s", name, out)
		}
	}
	switch {
	case strings.HasSuffix(name, "github"):
		for line := range strings.Lines(out) {
			if !ourCommand.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("%s: no command of ours: %q", name, line)
			}
		}
	case slices.ContainsFunc(startsCommand.FindAllString(out, -1), func(s string) bool { return !address.MatchString(s) }):
		t.Errorf("%s: a line is a workflow command: %q", name, out)
	}
	if quote.LoggingCommand().MatchString(out) {
		t.Errorf("%s: a logging command: %q", name, out)
	}
	if strings.HasSuffix(name, "page") {
		checkPage(t, name, out)
	}
	if strings.HasSuffix(name, "svg") {
		checkXML(t, name, out)
	}
	if strings.HasSuffix(name, "junit") {
		if err := xml.Unmarshal([]byte(out), new(junitSuites)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// checkPage reports elements and attributes of a page that load or run something, but for its own script.
func checkPage(t *testing.T, name, out string) {
	t.Helper()
	doc, err := xhtml.Parse(strings.NewReader(out))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	scripts := 0
	for n := range doc.Descendants() {
		if n.Type != xhtml.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			scripts++
		case "img", "iframe", "object", "embed", "link", "base":
			t.Errorf("%s: an element <%s>", name, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%s: %s=%q", name, a.Key, a.Val)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("%s: %d scripts, want its own", name, scripts)
	}
}

// checkXML reports what is not XML, and elements that are not those of a picture.
func checkXML(t *testing.T, name, out string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(out)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok && !slices.Contains([]string{"svg", "title", "style", "g", "rect", "path", "polygon", "text"}, e.Name.Local) {
			t.Errorf("%s: an element <%s>", name, e.Name.Local)
		}
	}
}

// FuzzEscapeJSON holds escaped JSON to the value that it had.
func FuzzEscapeJSON(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		data, err := json.Marshal(map[string]string{"a": text})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		w := NewJSONWriter(&out)
		at = max(0, min(at, len(data)))
		for _, part := range [][]byte{data[:at], data[at:]} {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		var want, got map[string]string
		if json.Unmarshal(data, &want) != nil || json.Unmarshal(out.Bytes(), &got) != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %q", data, out.Bytes())
		}
		checkOutput(t, "json", out.String())
	})
}
