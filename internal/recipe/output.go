package recipe

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"go.yaml.in/yaml/v3"
)

// A Output is what a recipe writes for certain values of its parameters.
type Output struct {
	Name      string // what its files are called
	Documents []Document
	Fixtures  []Document // what the documents speak of and do not define
	test      *yaml.Node
}

// output takes over what the recipe came to.
func (r *Recipe) output(v cue.Value) *Output {
	w := &writer{params: map[string]string{}}
	for i := range r.Params {
		p := &r.Params[i]
		value := w.value(v.LookupPath(p.path()))
		w.params[p.field] = value.Value
	}
	d := &Output{
		Name:      w.params["name"],
		Documents: w.documents(v.LookupPath(cue.ParsePath("documents"))),
		Fixtures:  w.documents(v.LookupPath(cue.ParsePath("fixtures"))),
		test:      w.value(v.LookupPath(cue.ParsePath("test"))),
	}
	// CUE puts what a loop makes first; a reader wants the Service before its Pods.
	slices.SortStableFunc(d.Fixtures, func(a, b Document) int { return strings.Compare(b.Kind, a.Kind) })
	return d
}

// A File is a file to write.
type File struct {
	Name string // relative to the folder that is written to, with slashes
	Data []byte
}

// fixturesNote begins the file of fixtures.
const fixturesNote = `# What a cluster has already, as far as the test speaks of it. Never apply this file. Better than it is what really runs:
#   kubectl get services,pods -n %s -o yaml
`

// Files lays the output out in files: the documents, in YAML or CUE, their test, and the fixtures of the test. Fixtures are
// left out where the configuration around has all the Services among them, which has says.
func (d *Output) Files(language string, has func(kind, namespace, name string) bool) []File {
	files := []File{{d.Name + ".yaml", stream(d.Documents)}}
	if language == "cue" {
		files[0] = File{d.Name + ".cue", inCUE(d.Documents)}
	}
	files = append(files, File{d.Name + "_test.yaml", encode(d.test)})
	missing := func(s Document) bool { return s.Kind == "Service" && !has(s.Kind, s.Namespace, s.Name) }
	if i := slices.IndexFunc(d.Fixtures, missing); i >= 0 {
		note := fmt.Sprintf(fixturesNote, d.Fixtures[i].Namespace)
		files = append(files, File{"testdata/" + d.Name + ".yaml", append([]byte(note), stream(d.Fixtures)...)})
	}
	return files
}
