package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var pairs = flag.Int("pairs", 60, "how many pairs to compare")

// TestMetamorphic compares meshes with what changes make of them. With -pairs and without -short it is the long form; the command
// takes folders too.
func TestMetamorphic(t *testing.T) {
	o := options{pairs: *pairs, first: 1, each: 25, calls: 30}
	var meshes []string
	if root := os.Getenv("SEM_ORACLE"); root != "" {
		found, err := filepath.Glob(filepath.Join(root, "cases", "*"))
		if err != nil {
			t.Fatal(err)
		}
		meshes = found
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	r, err := o.run(ctx, meshes)
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range r.wrong {
		t.Error(what)
	}
	if r.pairs < o.pairs || r.different == 0 || r.equivalent == 0 {
		t.Errorf("%d pairs, %d different, %d equivalent", r.pairs, r.different, r.equivalent)
	}
	var out strings.Builder
	r.write(&out, false)
	t.Log(out.String())
}

// A comparison that hides changes is found out.
func TestMetamorphicFindsMistakes(t *testing.T) {
	o := options{pairs: 25, first: 1, each: 60, calls: 30, blind: true}
	r, err := o.run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.wrong) == 0 {
		t.Errorf("nothing is found in %d pairs", r.pairs)
	}
}
