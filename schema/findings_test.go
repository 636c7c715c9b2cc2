package schema_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/source"
	"sem.example/schema"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestFindings compares the findings of whole files with what their archives expect: position, check, message and help.
func TestFindings(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { compareFindings(t, name) })
	}
}

func compareFindings(t *testing.T, name string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	got := findings(t, archive.Files[0])
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

func findings(t *testing.T, f txtar.File) string {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: f.Name, Data: f.Data})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var b strings.Builder
	for _, doc := range docs {
		for _, d := range schema.Check(doc) {
			at := d.At.Range()
			fmt.Fprintf(&b, "%d:%d %s %s\n    %s\n", at.Line, at.Column, d.Check.ID, d.At.Field, d.Message)
			if d.Help != "" {
				fmt.Fprintf(&b, "    help: %s\n", d.Help)
			}
		}
	}
	return b.String()
}
