package migrate

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diff"
	"sem.example/internal/pipeline"
)

// TestEveryDifferenceIsSaid converts the examples, and the meshes of the tests of package compile: where requests have another result, a
// remark says why, and what is written is valid.
func TestEveryDifferenceIsSaid(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine converts them, which the race detector need not see")
	}
	var examples []string
	for _, name := range glob(t, "../../examples/*/*.yaml") {
		examples = append(examples, filepath.Dir(name))
	}
	for _, name := range slices.Compact(examples) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			explained(t, pipeline.Options{Paths: []string{name}})
		})
	}
	for _, name := range glob(t, "../compile/testdata/scenario/*.txtar") {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == "mesh.yaml" && bytes.Contains(f.Data, []byte("kind: VirtualService")) {
				t.Run(filepath.Base(name), func(t *testing.T) {
					explained(t, pipeline.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(f.Data)})
				})
			}
		}
	}
}

func explained(t *testing.T, from pipeline.Options) {
	t.Helper()
	world, err := pipeline.Load(from)
	if err != nil {
		t.Skip(err)
	}
	r, err := Prove(world, diff.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	valid(t, r)
	remarked := slices.ContainsFunc(r.Remarks, func(m ReportedRemark) bool { return m.Level != Kept })
	if r.Diff.Summary.Changes > 0 && !remarked {
		t.Errorf("no remark says why these differ:\n%s", changes(r))
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	return names
}
