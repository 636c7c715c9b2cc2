package upgrade_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/pipeline"
	"sem.example/internal/release"
	"sem.example/internal/upgrade"
	"sem.example/simulate"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios compares what changes for the mesh of each archive with its file "changes". The comment of an archive ends with
// the releases: "1.29 1.32".
func TestScenarios(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runScenario(t, path) })
	}
}

func runScenario(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "changes" })
	if i < 0 {
		t.Fatal("the archive has no file named changes")
	}
	words := strings.Fields(string(archive.Comment))
	if len(words) < 2 {
		t.Fatal("the comment does not end with two releases")
	}
	got := outline(compare(t, archive, words[len(words)-2], words[len(words)-1]))
	if *update {
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// compare builds the mesh of an archive for two releases, as the command does.
func compare(t *testing.T, archive *txtar.Archive, from, to string) *upgrade.Report {
	t.Helper()
	opts := pipeline.Options{FS: fstest.MapFS{}, Paths: []string{"."}, ReleaseBy: "set by --from"}
	for _, f := range archive.Files {
		switch {
		case f.Name == "changes":
		case f.Name == "meshconfig.yaml":
			opts.MeshConfig = f.Name
			fallthrough
		default:
			opts.FS.(fstest.MapFS)[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	var err error
	if opts.Release, err = release.Parse(from); err != nil {
		t.Fatal(err)
	}
	newer, err := release.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	old, err := pipeline.Load(opts)
	if err != nil {
		t.Fatal(err)
	}
	next, err := old.As(newer, "set by --to")
	if err != nil {
		t.Fatal(err)
	}
	r, err := upgrade.Compare(side(t, opts, old), side(t, opts, next))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func side(t *testing.T, opts pipeline.Options, w *pipeline.World) upgrade.Side {
	t.Helper()
	opts.Release, opts.ReleaseBy = w.Release.Release, w.Release.Because
	report, err := pipeline.Validate(opts, pipeline.ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	admitted, _, err := w.Admitted()
	if err != nil {
		t.Fatal(err)
	}
	return upgrade.Side{World: admitted, Findings: report.Findings}
}

// outline is a report for reading, a line a change.
func outline(r *upgrade.Report) string {
	var out strings.Builder
	fmt.Fprintf(&out, "decide %d, unshown %d\n", r.Summary.Decide, r.Summary.Unshown)
	for _, d := range r.Documents {
		fmt.Fprintf(&out, "%s: %s %s %s%s\n", place(d.Origin), d.Origin.Kind, d.Origin.Name, d.Change, rows(d.Rows))
	}
	for _, c := range r.Resources {
		fmt.Fprintf(&out, "resources%s %v of %s\n", rows([]string{c.Row}), c.Counts, strings.Join(c.Proxies, ", "))
		fmt.Fprintf(&out, "  %s %s\n", c.Example.Type, c.Example.Name)
		for _, f := range c.Example.Fields {
			fmt.Fprintf(&out, "    %s\n", f)
		}
	}
	for _, c := range r.Requests {
		fmt.Fprintf(&out, "%s: %s%s: %s → %s\n", c.Kind, c.Region, rows(c.Rows), c.From, c.To)
	}
	for _, u := range r.Undecided {
		fmt.Fprintf(&out, "undecided: %s: %s\n", u.Region, u.Why)
	}
	return out.String()
}

func place(p simulate.Place) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

func rows(list []string) string { return " [" + strings.Join(list, " ") + "]" }
