package migrate

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/pipeline"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios converts the mesh of each archive, and compares the resources, the remarks and the changes with those in it.
func TestScenarios(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			want := map[string]string{}
			inputs := archive.Files[:0:0]
			for _, f := range archive.Files {
				if strings.HasPrefix(f.Name, "out/") {
					want[f.Name] = string(f.Data)
					continue
				}
				inputs = append(inputs, f)
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			world, err := pipeline.Load(pipeline.Options{FS: files, Paths: []string{"."}})
			if err != nil {
				t.Fatal(err)
			}
			r, err := Prove(world, diff.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{"out/resources.yaml": string(r.YAML()), "out/remarks": remarksOf(r), "out/changes": changes(r)}
			if *update {
				archive.Files = inputs
				for _, section := range []string{"out/resources.yaml", "out/remarks", "out/changes"} {
					archive.Files = append(archive.Files, txtar.File{Name: section, Data: []byte(got[section])})
				}
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			valid(t, r)
		})
	}
}

// valid requires that no check finds a mistake in what is written.
func valid(t *testing.T, r *Report) {
	t.Helper()
	files := fstest.MapFS{"out.yaml": {Data: r.YAML()}}
	report, err := pipeline.Validate(pipeline.Options{FS: files, Paths: []string{"."}}, pipeline.ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Findings {
		if d.Level() == diag.Error {
			t.Errorf("%s: %s", d.Check.ID, d.Message)
		}
	}
}

func remarksOf(r *Report) string {
	var b bytes.Buffer
	for _, m := range r.Remarks {
		fmt.Fprintf(&b, "%s %s:%d %s: %s\n", m.Level, m.Place.File, m.Place.Line, m.Place.Field, m.Message)
	}
	return b.String()
}

func changes(r *Report) string {
	var b bytes.Buffer
	for _, c := range r.Diff.Changes {
		fmt.Fprintf(&b, "%s %s: %s -> %s\n", c.Kind, c.Region, c.From, c.To)
	}
	for _, u := range r.Diff.Undecided {
		fmt.Fprintf(&b, "undecided %s: %s\n", u.Region, u.Why)
	}
	s := r.Diff.Summary
	fmt.Fprintf(&b, "%d compared, %d equivalent, %d changes, %d undecided\n", s.Classes, s.Equivalent, s.Changes, s.Undecided)
	return b.String()
}
