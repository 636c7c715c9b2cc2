package main

import (
	"os"
	"path/filepath"
	"slices"
)

// withinTested returns whether the configuration of a test may be at a path: in a folder that is tested, in the current folder,
// or in its repository.
func withinTested(paths []string) func(path string) bool {
	folders := []string{"."}
	if root := repository(); root != "" {
		folders = append(folders, root)
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			path = filepath.Dir(path)
		}
		folders = append(folders, path)
	}
	return func(path string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool { return inside(folder, path) })
	}
}

// repository is the root of the repository that the current folder is in; "" where it is in none.
func repository() string {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return ""
}
