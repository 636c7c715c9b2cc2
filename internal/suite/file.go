package suite

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A File is a file of tests.
type File struct {
	Name       string
	Config     []string // the files and folders that the tests are about
	MeshConfig string   // a file with the mesh's settings; "" for those of the configuration
	Namespace  string   // of documents that name none; "" for the default
	Assume     []string // statements about workloads, as --assume takes them
	NoAssume   bool     // nothing is added to the configuration that a cluster would
	Cases      []*Case

	text   *source.File
	places []placedPath
}

// A placedPath is a path that a file of tests names, as the file writes it and as it is opened.
type placedPath struct {
	written, path string
	at            source.Range
}

// outside reports the paths of the file that lead out of where the configuration may be. Whoever writes a test must not choose
// which files of the machine its output quotes.
func (f *File) outside(within func(path string) bool) diag.List {
	var found diag.List
	for _, p := range f.places {
		if !within(p.path) {
			found = append(found, diag.Diagnostic{
				Check: diag.BadTest, At: source.Place{File: f.text, Exact: firstLine(p.at)},
				Message: fmt.Sprintf("the path %q leads out of the folder that is tested and out of the repository: run 'sem test' in a folder that holds both", p.written),
			})
		}
	}
	return found
}

// A Case is one test: requests that are all expected to have the same answer.
type Case struct {
	Name     string
	At       source.Range // where it begins
	Skip     string       // why it is not run; "" where it is
	Alone    bool         // ask the first proxy only, and none behind it
	Requests []Request

	node     *source.Node // the case as a whole
	expect   *pattern     // nil where nothing is said
	unwanted *pattern
}

// A Request is one request of a case.
type Request struct {
	Name string // what tells it from the other requests of its case; "" where it is the only one
	Call simulate.Call
}

// Read reads a file of tests. A case that cannot be understood is left out, with what is wrong among the findings.
func Read(text *source.File) (*File, diag.List) {
	f := &File{Name: text.Name, text: text}
	docs, problems := source.Parse(text)
	problems = slices.DeleteFunc(problems, func(p source.Problem) bool { return p.Trouble == source.NoKind })
	found := diag.Problems(problems)
	if len(docs) == 0 && len(found) == 0 {
		found = append(found, diag.Diagnostic{Check: diag.BadTest, Message: "the file holds no tests", At: source.Place{File: text}})
	}
	for i, doc := range docs {
		r := reader{doc: doc, file: f}
		if i > 0 {
			r.fault(doc.Root.Range, "a second document: one file of tests is one document")
		} else {
			r.whole(doc.Root)
		}
		found = append(found, r.found...)
	}
	return f, found
}

// A reader takes a file of tests apart and notes what it does not understand.
type reader struct {
	doc    *source.Document
	file   *File
	common *source.Node // the request that all cases begin with
	alone  bool
	faults int // that were met; one of the common request is met in every case
	found  diag.List
}

func (r *reader) fault(at source.Range, format string, args ...any) {
	r.faults++
	d := diag.Diagnostic{Check: diag.BadTest, Message: fmt.Sprintf(format, args...), At: source.Place{File: r.file.text, Exact: firstLine(at)}}
	if !slices.ContainsFunc(r.found, func(old diag.Diagnostic) bool { return old.Message == d.Message && old.At == d.At }) {
		r.found = append(r.found, d)
	}
}

// firstLine is the part of a range that is on its first line.
func firstLine(at source.Range) source.Range {
	if at.EndLine > at.Line {
		at.EndLine, at.EndColumn = at.Line, at.Column+1
	}
	return at
}

// A part reads the value of a field.
type part struct {
	key  string
	read func(*source.Node)
}

// fields gives each field of a map to its reader, and tells of those that have none.
func (r *reader) fields(n *source.Node, what string, parts ...part) {
	if n.Kind != source.Map {
		r.fault(n.Range, "%s is a map, not a %s", what, n.Kind)
		return
	}
	var keys []string
	for _, p := range parts {
		keys = append(keys, p.key)
	}
	for _, f := range n.Fields {
		if !slices.Contains(keys, f.Key) {
			r.fault(f.Range, "%s has no field %q: %s", what, f.Key, among(f.Key, keys))
		}
	}
	for _, p := range parts { // in their own order: a file's common request comes before its tests, wherever it stands
		if v := n.Get(p.key); v != nil && v.Kind != source.Null {
			p.read(v)
		}
	}
}

// among names the word that a mistyped one most likely means, or all.
func among(word string, words []string) string {
	if near := diag.Nearest(word, words); near != "" {
		return "did you mean " + near + "?"
	}
	return "use " + strings.Join(words, ", ")
}

// whole reads the file.
func (r *reader) whole(root *source.Node) {
	f := r.file
	dir := filepath.Dir(f.Name)
	r.fields(root, "a file of tests",
		part{"config", func(n *source.Node) {
			for _, item := range alternatives(n) {
				f.Config = append(f.Config, r.path(item, "config"))
			}
		}},
		part{"meshConfig", func(n *source.Node) { f.MeshConfig = r.path(n, "meshConfig") }},
		part{"namespace", func(n *source.Node) { f.Namespace = r.scalar(n, "namespace") }},
		part{"assume", r.assume},
		part{"follow", func(n *source.Node) { r.alone = !r.boolean(n, "follow") }},
		part{"request", r.shared},
		part{"tests", r.cases},
	)
	if len(f.Config) == 0 {
		f.Config = []string{dir}
	}
	if root.Kind == source.Map && root.Get("tests") == nil {
		r.fault(root.Range, "the file has no tests: list them under tests")
	}
}

// assume takes false, or statements about workloads.
func (r *reader) assume(n *source.Node) {
	if n.Kind == source.Bool {
		r.file.NoAssume = !r.boolean(n, "assume")
		return
	}
	for _, item := range alternatives(n) {
		text := r.scalar(item, "a statement of assume")
		if err := new(pipeline.Assume).State(text); err != nil {
			r.fault(item.Range, "%v", err)
			continue
		}
		r.file.Assume = append(r.file.Assume, text)
	}
}

// path takes a path, which is relative to the file.
func (r *reader) path(n *source.Node, what string) string {
	written := r.scalar(n, what)
	path := beside(filepath.Dir(r.file.Name), written)
	r.file.places = append(r.file.places, placedPath{written: written, path: path, at: n.Range})
	return path
}

// beside is a path that is written relative to a folder.
func beside(dir, path string) string {
	if filepath.IsAbs(path) || path == "" {
		return path
	}
	return filepath.Join(dir, path)
}

// shared takes the request that all cases begin with.
func (r *reader) shared(n *source.Node) {
	if r.common = n; n.Kind != source.Map {
		r.fault(n.Range, "a request is a map, not a %s", n.Kind)
	}
}

func (r *reader) cases(n *source.Node) {
	if n.Kind != source.List {
		r.fault(n.Range, "tests is a list, not a %s", n.Kind)
		return
	}
	for _, item := range n.Items {
		before := r.faults
		c := &Case{At: firstLine(item.Range), Alone: r.alone, node: item}
		r.testCase(c, item)
		if r.faults == before {
			r.file.Cases = append(r.file.Cases, c)
		}
	}
}

func (r *reader) testCase(c *Case, n *source.Node) {
	request := &source.Node{Kind: source.Map, Range: n.Range}
	r.fields(n, "a test",
		part{"name", func(n *source.Node) { c.Name = r.scalar(n, "name") }},
		part{"skip", func(n *source.Node) { c.Skip = r.scalar(n, "skip") }},
		part{"follow", func(n *source.Node) { c.Alone = !r.boolean(n, "follow") }},
		part{"request", func(n *source.Node) { request = n }},
		part{"expect", func(n *source.Node) { c.expect = r.expectation(n) }},
		part{"expectNot", func(n *source.Node) { c.unwanted = r.expectation(n) }},
	)
	c.Requests = r.requests(request)
	if c.Name == "" && len(c.Requests) > 0 {
		c.Name = strings.TrimSpace(c.Requests[0].Call.Method + " " + c.Requests[0].Call.URL)
	}
}

// key is a key as its author wrote it: retries have a field called on, which YAML 1.1 takes for true.
func (r *reader) key(f source.Field) string {
	if from, to := r.file.text.Span(f.Range); f.Key == "true" || f.Key == "false" {
		return strings.Trim(string(r.file.text.Data[from:to]), `"'`)
	}
	return f.Key
}

// scalar is a value as its author wrote it.
func (r *reader) scalar(n *source.Node, what string) string {
	if n.Kind >= source.List {
		r.fault(n.Range, "%s is a text, not a %s", what, n.Kind)
		return ""
	}
	return r.doc.Written(n)
}

func (r *reader) boolean(n *source.Node, what string) bool {
	if n.Kind != source.Bool {
		r.fault(n.Range, "%s is true or false, not a %s", what, n.Kind)
	}
	return n.Text == "true"
}

// texts are the values of a list of scalars, or of one.
func (r *reader) texts(n *source.Node, what string) []string {
	var out []string
	for _, item := range alternatives(n) {
		out = append(out, r.scalar(item, what))
	}
	return out
}

// alternatives are the items of a list; anything else is the only one.
func alternatives(n *source.Node) []*source.Node {
	if n.Kind == source.List {
		return n.Items
	}
	return []*source.Node{n}
}
