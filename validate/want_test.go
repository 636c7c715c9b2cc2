package validate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/pipeline"
	"sem.example/validate"
)

// TestWant runs whole meshes through validation. Every archive of testdata is a mesh; its comment says what it is about. A
// finding is expected at the end of the line that it points at, as in
//
//	host: reviewz # want SEM100
//
// and whatever is found beyond that fails, information included. A line of the comment may say "each", for a mesh of every file
// by itself, and "registry: closed".
func TestWant(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted(archive), found(t, archive)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

var want = regexp.MustCompile(`# want((?: SEM\d+)+)$`)

// wanted returns the findings that the comments of an archive ask for, each as "file:line ID".
func wanted(a *txtar.Archive) []string {
	var all []string
	for _, f := range a.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			if m := want.FindStringSubmatch(line); m != nil {
				for _, id := range strings.Fields(m[1]) {
					all = append(all, fmt.Sprintf("%s:%d %s", f.Name, i+1, id))
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

func found(t *testing.T, a *txtar.Archive) []string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says := func(line string) bool { return slices.Contains(strings.Split(string(a.Comment), "\n"), line) }
	how := pipeline.ValidateOptions{Each: says("each")}
	if says("registry: closed") {
		how.Registry = validate.Closed
	}
	report, err := pipeline.Validate(pipeline.Options{Paths: []string{dir}}, how)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range report.Findings {
		all = append(all, fmt.Sprintf("%s:%d %s", filepath.Base(d.At.Source().Name), d.At.Range().Line, d.Check.ID))
		t.Logf("%s: %s", all[len(all)-1], d.Message)
	}
	slices.Sort(all)
	return all
}

// TestExamplesWhole runs the examples of every check through all of validation: what they show must not be drowned by a mistake of
// shape, nor be found by its schema already.
func TestExamplesWhole(t *testing.T) {
	for _, check := range validate.Checks() {
		for _, example := range []struct{ name, text string }{{"wrong", check.Wrong}, {"right", check.Right}} {
			archive := &txtar.Archive{Files: []txtar.File{{Name: "example.yaml", Data: []byte(example.text)}}}
			reported := false
			for _, line := range found(t, archive) {
				id := line[strings.LastIndex(line, " ")+1:]
				reported = reported || id == check.ID
				if id < "SEM038" {
					t.Errorf("%s, %s: %s", check.ID, example.name, line)
				}
			}
			if reported != (example.name == "wrong") {
				t.Errorf("%s, %s: reported: %v", check.ID, example.name, reported)
			}
		}
	}
}
