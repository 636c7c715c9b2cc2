package explain

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios explains the calls of each archive in testdata. An archive holds documents, calls (one JSON object a line), and
// what the documents add to the answers.
func TestScenarios(t *testing.T) {
	folder, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runScenario(t, path, pipeline.TraceOptions{Follow: true}, write) })
	}
}

func runScenario(t *testing.T, path string, opts pipeline.TraceOptions, write func(*strings.Builder, *simulate.Trace)) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	world := New(load(t, archive), diag.Policy{})
	var out strings.Builder
	for _, call := range callsOf(t, archive) {
		trace, err := world.Trace(call, opts)
		if err != nil {
			t.Fatal(call.URL, err)
		}
		write(&out, trace)
	}
	want := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "answers" })
	if want < 0 {
		t.Fatal("the archive has no section of answers")
	}
	if *update {
		archive.Files[want].Data = []byte(out.String())
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[want].Data), out.String()); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// load makes a world of the documents of an archive.
func load(t *testing.T, archive *txtar.Archive) *pipeline.World {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".yaml") {
			if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(dir)
	w, err := pipeline.Load(pipeline.Options{Paths: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.Found {
		if w.Found[i].Level() == diag.Error {
			t.Error(w.Found[i].Message)
		}
	}
	return w
}

func callsOf(t *testing.T, archive *txtar.Archive) []simulate.Call {
	t.Helper()
	var calls []simulate.Call
	for _, f := range archive.Files {
		if f.Name != "calls" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			var call simulate.Call
			if err := json.Unmarshal([]byte(line), &call); err != nil {
				t.Fatal(line, err)
			}
			calls = append(calls, call)
		}
	}
	return calls
}

// write writes what the documents add to an answer.
func write(to *strings.Builder, t *simulate.Trace) {
	fmt.Fprintf(to, "%s from %s: %s\n", t.Call.URL, t.Call.Proxy.Name, t.Verdict)
	if t.Fix != "" {
		fmt.Fprintf(to, "  fix: %s\n", t.Fix)
	}
	for _, h := range t.Hops {
		for _, s := range h.Steps {
			if s.Stage == "name" {
				fmt.Fprintf(to, "  name %s (%s:%d): %s\n", s.Chose, s.Origins[0].File, s.Origins[0].Line, s.Because)
			}
			if s.Stage == "tls" && h.Direction != "inbound" {
				fmt.Fprintf(to, "  TLS %s: %s\n", s.Chose, s.Because)
			}
			if s.Stage == "merge" {
				fmt.Fprintf(to, "  merge %s: %s\n", s.Chose, s.Because)
			}
			for _, p := range s.Origins {
				if p.Role == "overridden" {
					fmt.Fprintf(to, "  %s: not %s %s/%s (%s:%d %s): %s\n", s.Stage, p.Kind, p.Namespace, p.Name, p.File, p.Line, p.Field, p.Note)
				}
			}
		}
	}
	for _, w := range t.Warnings {
		at := "no place"
		if w.Origin != nil {
			at = fmt.Sprintf("%s:%d %s", w.Origin.File, w.Origin.Line, w.Origin.Field)
		}
		fmt.Fprintf(to, "  %s: %s %s (%s): %s\n", w.Step, w.ID, w.Severity, at, w.Message)
	}
}
