package main

import (
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/recipe"
)

// TestWriteAll fails at the last file, and requires that nothing of it remains.
func TestWriteAll(t *testing.T) {
	dir := t.TempDir()
	kept, blocked := filepath.Join(dir, "kept.yaml"), filepath.Join(dir, "kept.yaml", "below")
	if err := os.WriteFile(kept, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	files := []recipe.File{{Name: filepath.Join(dir, "new.yaml"), Data: []byte("a")}, {Name: kept, Data: []byte("after")}, {Name: blocked}}
	if err := writeAll(dir, files, true); err == nil {
		t.Fatal("a file below a file was written")
	}
	if data, err := os.ReadFile(kept); err != nil || string(data) != "before" {
		t.Errorf("the file that was there has %q, %v", data, err)
	}
	if _, err := os.Stat(files[0].Name); err == nil {
		t.Error("the file that was not there still is")
	}
}
