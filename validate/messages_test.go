package validate

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestMessages holds what checks say of their wrong examples to a golden: where, how severe, what, what to do, and what else is
// pointed at.
func TestMessages(t *testing.T) {
	var b strings.Builder
	for _, check := range Checks() {
		b.WriteString(texts(diagnose(t, check.Wrong, "")))
	}
	name := filepath.Join("testdata", "messages.golden")
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestScenarios does the same for the meshes of testdata/scenario, which the examples do not cover.
func TestScenarios(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("testdata", "scenario", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { compareScenario(t, name) })
	}
}

func compareScenario(t *testing.T, name string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	got := texts(diagnose(t, string(archive.Files[0].Data), ""))
	if *update {
		archive.Files = append(archive.Files[:1], txtar.File{Name: "findings", Data: []byte(got)})
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// texts writes findings in full.
func texts(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		at := d.At.Range()
		fmt.Fprintf(&b, "%d:%d %s %s%s\n    %s\n", at.Line, at.Column, d.Check.ID, d.Level(), admission(d), d.Message)
		if d.Help != "" {
			fmt.Fprintf(&b, "    help: %s\n", d.Help)
		}
		for _, r := range d.Related {
			at := r.Place.Range()
			fmt.Fprintf(&b, "    %d:%d %s\n", at.Line, at.Column, r.Note)
		}
	}
	return b.String()
}

func admission(d diag.Diagnostic) string {
	if d.Admission == diag.Admitted {
		return ""
	}
	return " (" + string(d.Admission) + ")"
}
