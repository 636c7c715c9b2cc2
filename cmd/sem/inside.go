package main

import "path/filepath"

// inside reports whether a path, links resolved as far as it exists, is within a folder.
func inside(root, name string) bool {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return false
	}
	if root, err = filepath.Abs(root); err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	if name, err = filepath.Abs(name); err != nil {
		return false
	}
	rest, err := filepath.Rel(root, name)
	return err == nil && filepath.IsLocal(rest)
}
