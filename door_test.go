package sem_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestDoor builds and runs a program outside of this module that validates and traces, in some thirty lines.
func TestDoor(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile(filepath.Join("testdata", "door.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	// The program's go.mod has the requirements of this module, as 'go mod tidy' would write them. To work them out, go would need
	// modules that a machine which built sem alone does not hold.
	requirements, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range append(archive.Files, txtar.File{Name: "go.mod", Data: requirements}, txtar.File{Name: "go.sum", Data: sums}) {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	command("mod", "edit", "-module", "example.com/door", "-require", "sem.example@v0.0.0", "-replace", "sem.example="+root)
	got, output := command("run", "."), &archive.Files[len(archive.Files)-1]
	if *update {
		output.Data = []byte(got)
		if err := os.WriteFile(filepath.Join("testdata", "door.txtar"), txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(output.Data), got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
