package config

import (
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Every document of the reference meshes is read.
func TestReferenceMeshes(t *testing.T) {
	folder := os.Getenv("SEM_ORACLE")
	if folder == "" {
		t.Skip("SEM_ORACLE does not name the folder of the reference meshes")
	}
	meshes, _ := filepath.Glob(filepath.Join(folder, "cases", "*", "mesh.yaml"))
	if len(meshes) == 0 {
		t.Fatal("no meshes")
	}
	in, problems := source.Read(meshes, source.Options{})
	for _, d := range diag.Problems(problems) {
		t.Error(d.Message, d.At.Source().Name, d.At.Range())
	}
	objects, skipped, found := Decode(in.Documents, "default")
	if skipped > 0 || len(found) > 0 || len(objects) != len(in.Documents) {
		t.Errorf("%d documents: %d objects, %d skipped, %v", len(in.Documents), len(objects), skipped, found)
	}
}
