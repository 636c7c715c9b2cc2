package main

import (
	"strings"

	"sem.example/internal/structure/typecheck"
)

// load measures the packages of this module that patterns name, as seen from a folder.
func load(dir string, patterns []string) ([]*measured, error) {
	packages, err := typecheck.Load(dir, patterns...)
	if err != nil {
		return nil, err
	}
	var out []*measured
	for _, p := range packages {
		_, name, _ := strings.Cut(p.Path, "/")
		out = append(out, &measured{name: name, files: p.Count, circle: largestCircle(uses(p)), types: methodCounts(p.Types)})
	}
	return out, nil
}
