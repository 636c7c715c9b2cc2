package pipeline

import (
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/world"
)

// testNames are the names of folders whose files are the inputs of tests.
var testNames = []string{"testdata", "test-data", "test_data", "tests", "fixtures", "datasets"}

// testData returns for each file the outermost folder of test data that holds it and is below a path that the user gave; "" for
// none. Such a folder beside resources is a part of them: its files are what the cluster has already.
func testData(files []content, paths []string) []string {
	holders := map[string]bool{} // folders with resources in them
	for _, f := range files {
		if f.name() != "" && len(f.objects) > 0 {
			holders[filepath.Dir(f.name())] = true
		}
	}
	folders := make([]string, len(files))
	for i, f := range files {
		if name := f.name(); name != "" {
			folders[i] = testFolder(name, given(name, paths), holders)
		}
	}
	return folders
}

// given returns the path that the user gave for a file: the longest that holds it.
func given(name string, paths []string) string {
	longest := "."
	for _, p := range paths {
		if inside, err := filepath.Rel(p, name); err == nil && filepath.IsLocal(inside) && len(p) > len(longest) {
			longest = filepath.Clean(p)
		}
	}
	return longest
}

// testFolder returns the outermost folder of test data between a path and a file.
func testFolder(name, path string, holders map[string]bool) string {
	inside, err := filepath.Rel(path, name)
	if err != nil {
		return ""
	}
	for _, element := range strings.Split(filepath.ToSlash(filepath.Dir(inside)), "/") {
		holder := path
		path = filepath.Join(path, element)
		if slices.Contains(testNames, element) && !holders[holder] {
			return path
		}
	}
	return ""
}

// testFolders returns the folder of each part that is test data.
func testFolders(parts []world.Part) []string {
	var folders []string
	for _, p := range parts {
		if p.Tests != "" && !p.Named {
			folders = append(folders, filepath.ToSlash(p.Tests))
		}
	}
	return folders
}
