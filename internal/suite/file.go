package suite

import (
	"fmt"

	"sem.example/internal/diag"
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
