package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A module that another command fetched into the cache of the home folder is not read, and nothing is written there: answers
// are the same on every machine.
func TestModuleCache(t *testing.T) {
	cache, dir := t.TempDir(), t.TempDir()
	t.Setenv("HOME", cache)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("CUE_CACHE_DIR", cache)
	t.Setenv("CUE_REGISTRY", "registry.invalid")
	fetched := map[string]string{
		"mod/extract/example.com/other@v0.1.0/cue.mod/module.cue":     "module: \"example.com/other@v0\"\nlanguage: version: \"v0.15.0\"\n",
		"mod/extract/example.com/other@v0.1.0/other.cue":              "package other\n#Web: {apiVersion: \"v1\", kind: \"Web\", ...}\n",
		"mod/download/example.com/other/@v/v0.1.0.mod":                "module: \"example.com/other@v0\"\nlanguage: version: \"v0.15.0\"\n",
		"cue/mod/extract/example.com/other@v0.1.0/cue.mod/module.cue": "module: \"example.com/other@v0\"\nlanguage: version: \"v0.15.0\"\n",
		"cue/mod/extract/example.com/other@v0.1.0/other.cue":          "package other\n#Web: {apiVersion: \"v1\", kind: \"Web\", ...}\n",
		"cue/mod/download/example.com/other/@v/v0.1.0.mod":            "module: \"example.com/other@v0\"\nlanguage: version: \"v0.15.0\"\n",
	}
	for name, text := range fetched {
		write(t, filepath.Join(cache, filepath.FromSlash(name)), text)
	}
	write(t, filepath.Join(dir, "cue.mod", "module.cue"), "module: \"example.com/mesh@v0\"\nlanguage: version: \"v0.15.0\"\ndeps: \"example.com/other@v0\": v: \"v0.1.0\"\n")
	write(t, filepath.Join(dir, "a.cue"), "package mesh\nimport \"example.com/other\"\nweb: other.#Web & {apiVersion: \"v1\", metadata: name: \"a\"}\n")
	in, problems := Read([]string{dir}, Options{})
	if len(in.Documents) > 0 || len(problems) != 1 || !strings.Contains(problems[0].Message, "is not at hand") {
		t.Errorf("%d documents, problems %v", len(in.Documents), problems)
	}
	left := map[string]bool{}
	err := filepath.WalkDir(cache, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(cache, name)
			left[filepath.ToSlash(rel)] = true
		}
		return err
	})
	if err != nil || len(left) != len(fetched) {
		t.Error("the cache holds", left, err)
	}
}

// Reading CUE makes no folder in a home that has none.
func TestNoHome(t *testing.T) {
	home, dir := filepath.Join(t.TempDir(), "home"), t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "CUE_CACHE_DIR"} {
		t.Setenv(name, home)
	}
	write(t, filepath.Join(dir, "a.cue"), "import \"strings\"\nweb: {apiVersion: \"v1\", kind: \"Web\", metadata: name: strings.ToLower(\"A\")}\n")
	if in, problems := Read([]string{dir}, Options{}); len(in.Documents) != 1 || len(problems) > 0 {
		t.Error(len(in.Documents), problems)
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("something was written to the home folder")
	}
}
