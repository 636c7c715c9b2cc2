package mcp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// folders are those that the tools may read.
type folders struct {
	named []string // as they were given
	real  []string // absolute, without links
}

// openFolders resolves folders; none stands for the current one.
func openFolders(in []string) (*folders, error) {
	if len(in) == 0 {
		in = []string{"."}
	}
	f := &folders{named: in}
	for _, name := range in {
		real, err := resolve(name)
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(real); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%s is not a folder", name)
		}
		f.real = append(f.real, real)
	}
	return f, nil
}

// first is the folder that a tool reads which reads one.
func (f *folders) first() string { return f.named[0] }

// all returns paths that the tools may read; none stands for all folders.
func (f *folders) all(paths []string) ([]string, error) {
	if len(paths) == 0 {
		return f.named, nil
	}
	for _, path := range paths {
		if err := f.hold(path); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// revision returns one side of a comparison: a path, or one of a revision of the repository.
func (f *folders) revision(side string) (string, error) {
	rest, ofGit := strings.CutPrefix(side, "git:")
	if !ofGit {
		return side, f.hold(side)
	}
	if _, path, ok := strings.Cut(rest, ":"); ok {
		return side, f.within(path, path) // it may exist in that revision alone
	}
	return side, nil
}

// hold returns an error for a path that does not exist, or lies outside the folders, links resolved.
func (f *folders) hold(path string) error {
	if path == "" || path == "-" {
		return fmt.Errorf("path %q: name a file or folder", path)
	}
	real, err := resolve(path)
	if err != nil {
		return fmt.Errorf("path %s: there is no such file or folder", path)
	}
	return f.within(path, real)
}

// within returns an error for a path that leads outside the folders.
func (f *folders) within(path, real string) error {
	abs, err := filepath.Abs(real)
	if err != nil {
		return err
	}
	for _, folder := range f.real {
		if rest, err := filepath.Rel(folder, abs); err == nil && filepath.IsLocal(rest) {
			return nil
		}
	}
	return fmt.Errorf("path %s is outside the folders of this server (%s)", path, strings.Join(f.named, ", "))
}

func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}
