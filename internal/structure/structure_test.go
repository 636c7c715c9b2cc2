package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// No package has a circle of more than a third of its files, and no type more than 40 methods.
func TestStructure(t *testing.T) {
	packages, err := load(filepath.Join("..", ".."), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		for _, what := range p.exceeding() {
			t.Errorf("%s: %s; see go run ./internal/structure -v ./%s", p.name, what, p.name)
		}
	}
}

func TestLargestCircle(t *testing.T) {
	tests := map[string]struct {
		uses map[string][]string
		want []string
	}{
		"a chain has none": {map[string][]string{"a": {"b"}, "b": {"c"}}, nil},
		"two":              {map[string][]string{"a": {"b"}, "b": {"a", "c"}}, []string{"a", "b"}},
		"the larger of two that lead to each other one way": {map[string][]string{
			"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}}, []string{"c", "d", "e"}},
		"two circles with a file in common are one": {map[string][]string{
			"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"b"}}, []string{"a", "b", "c", "d"}},
	}
	for name, test := range tests {
		uses := map[string]map[string]bool{}
		for from, to := range test.uses {
			uses[from] = map[string]bool{}
			for _, x := range to {
				uses[from][x] = true
			}
		}
		if diff := cmp.Diff(test.want, largestCircle(uses)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A use of a package-level name and a call of a method count, in either direction; fields and local names do not.
func TestUses(t *testing.T) {
	packages, err := load(".", []string{"./testdata/circle"})
	if err != nil {
		t.Fatal(err)
	}
	p := packages[0]
	if diff := cmp.Diff([]string{"caller.go", "method.go"}, p.circle); diff != "" {
		t.Error(diff)
	}
	counts := map[string]int{}
	for _, typ := range p.types {
		counts[typ.name] = typ.methods
	}
	if diff := cmp.Diff(map[string]int{"shape": 2}, counts); diff != "" {
		t.Error(diff)
	}
	p.files = smallPackage - 1
	if got := p.exceeding(); len(got) > 0 {
		t.Error("a small package may be a circle:", got)
	}
	p.circle = []string{"a", "b", "c"}
	for _, test := range []struct {
		files   int
		exceeds bool
	}{{6, true}, {8, true}, {9, false}} {
		if p.files = test.files; (len(p.exceeding()) > 0) != test.exceeds {
			t.Errorf("a circle of 3 of %d files: %v", test.files, p.exceeding())
		}
	}
	p.types = []namedType{{"large", mostMethods + 1}, {"even", mostMethods}}
	if got := p.exceeding(); len(got) != 1 {
		t.Error(got)
	}
}
