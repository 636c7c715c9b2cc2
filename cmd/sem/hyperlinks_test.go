package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHyperlinks(t *testing.T) {
	for name, c := range map[string]struct {
		env      map[string]string
		terminal bool
		want     bool
	}{
		"unknown terminal": {map[string]string{"TERM": "xterm-256color"}, true, false},
		"known by program": {map[string]string{"TERM_PROGRAM": "vscode"}, true, true},
		"known by TERM":    {map[string]string{"TERM": "xterm-kitty"}, true, true},
		"new VTE":          {map[string]string{"VTE_VERSION": "7600"}, true, true},
		"old VTE":          {map[string]string{"VTE_VERSION": "4601"}, true, false},
		"inside tmux":      {map[string]string{"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm"}, true, false},
		"not a terminal":   {map[string]string{"TERM_PROGRAM": "vscode"}, false, false},
		"forced":           {map[string]string{"FORCE_HYPERLINK": "1"}, false, true},
		"forbidden":        {map[string]string{"FORCE_HYPERLINK": "0", "TERM_PROGRAM": "vscode"}, true, false},
	} {
		if got := hyperlinks(func(key string) string { return c.env[key] }, c.terminal); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A link leads to a file that exists; what was not read from a file has none.
func TestFileURL(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a mesh.yaml", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.EvalSymlinks(".")
	if err != nil {
		t.Fatal(err)
	}
	if here, err = filepath.Abs(here); err != nil {
		t.Fatal(err)
	}
	got := fileURL("a mesh.yaml", 7)
	if !strings.HasPrefix(got, "file://") || !strings.HasSuffix(got, filepath.ToSlash(filepath.Join(here, "a%20mesh.yaml"))+"#7") {
		t.Errorf("the link is %q", got)
	}
	if got := fileURL("standard input", 7); got != "" {
		t.Errorf("a link to what is not a file: %q", got)
	}
}
