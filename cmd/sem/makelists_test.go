package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFuzzList holds the Makefile's list of fuzz targets to the sources: a target that is not on it is never run.
func TestFuzzList(t *testing.T) {
	var want []string
	inSources(t, regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`), func(file, name string) {
		if strings.HasSuffix(file, "_test.go") {
			want = append(want, filepath.ToSlash(filepath.Dir(file))+":"+name)
		}
	})
	slices.Sort(want)
	if diff := cmp.Diff(want, makefileList(t, "FUZZ")); diff != "" {
		t.Errorf("the Makefile's list of fuzz targets (-sources +Makefile):\n%s", diff)
	}
}

// TestRaceList holds the Makefile's list of packages that are tested for data races to those that start goroutines, but for
// programs, whose packages are tested, and for what waits for an Envoy.
func TestRaceList(t *testing.T) {
	tested := makefileList(t, "RACE")
	inSources(t, regexp.MustCompile(`(?m)^\s*(go [a-z]\w*[(.]|.*\.Go\(|.*AfterFunc\(|.*\bparallel\.[A-Z])`), func(file, _ string) {
		folder := filepath.ToSlash(filepath.Dir(file))
		switch folder {
		case "cmd/sem", "internal/envoytest/conform", "internal/realenvoy", "internal/realenvoy/process":
			return
		}
		if !slices.Contains(tested, "./"+folder) {
			t.Errorf("%s starts goroutines, and RACE in the Makefile does not have it", file)
		}
	})
}

// TestSecurityPage holds the page about untrusted input to the sources: each guarantee in a table names a test, and each test that
// the page names exists.
func TestSecurityPage(t *testing.T) {
	known := map[string]bool{}
	inSources(t, regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`), func(_, name string) { known[name] = true })
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+|\\w+\\.txtar)`")
	for _, m := range named.FindAllStringSubmatch(string(page), -1) {
		name := m[1]
		if _, err := os.Stat(filepath.Join("..", "..", "testdata", "script", name)); !known[name] && err != nil {
			t.Errorf("docs/security.md names %s, which does not exist", name)
		}
	}
	for line := range strings.Lines(string(page)) {
		row := strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| guarantee |") && !strings.HasPrefix(line, "| --- |")
		if row && !named.MatchString(line) {
			t.Errorf("docs/security.md names no test of: %s", line)
		}
	}
}

// inSources calls found for each match of a pattern in a file of Go, with its first group.
func inSources(t *testing.T, pattern *regexp.Regexp, found func(file, group string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root:
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		for _, m := range pattern.FindAllSubmatch(text, -1) {
			found(name, string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// makefileList is a list of the Makefile, sorted.
func makefileList(t *testing.T, name string) []string {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^` + name + ` = ((?:.*\\\n)*.*)$`).FindSubmatch(makefile)
	if list == nil {
		t.Fatalf("the Makefile has no %s", name)
	}
	return slices.Sorted(slices.Values(strings.Fields(strings.ReplaceAll(string(list[1]), `\`, " "))))
}
