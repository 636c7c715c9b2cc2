package suite

import (
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

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
