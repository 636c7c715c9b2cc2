package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLimited demands that no command reads input without limits: shell completion and 'sem new' read what lies in a folder too.
func TestLimited(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range strings.Split(string(text), "pipeline.Options{")[1:] {
			found++
			before := strings.Split(string(text), "pipeline.Options{")[i]
			if !strings.HasSuffix(before, "limited(") {
				t.Errorf("%s: options outside of limited: pipeline.Options{%.40s", name, part)
			}
		}
	}
	if found == 0 {
		t.Error("no command has options")
	}
}
