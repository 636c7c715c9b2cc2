package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An exception is what a package may still exceed the limits by.
type exception struct {
	circle  int
	methods map[string]int // by type
}

// exceptions may only shrink: a package that is divided further gets smaller numbers here, and none where it keeps the
// limits.
var exceptions = map[string]exception{
	"internal/probe":              {circle: 7},
	"internal/envoytest/randmesh": {circle: 17, methods: map[string]int{"generator": 76}},
}

// No package has a circle of more than a third of its files, and no type more than 40 methods.
func TestStructure(t *testing.T) {
	packages, err := load(filepath.Join("..", ".."), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range packages {
		known[p.name] = true
		for _, what := range p.exceeding(exceptions[p.name]) {
			t.Errorf("%s: %s; see go run ./internal/structure -v ./%s", p.name, what, p.name)
		}
	}
	for name := range exceptions {
		if !known[name] {
			t.Errorf("%s is excepted, and there is no such package", name)
		}
	}
}

// exceeding returns what exceeds the limits and the exception from them.
func (p *measured) exceeding(e exception) []string {
	reduced := &measured{name: p.name, files: p.files, circle: p.circle}
	if len(p.circle) <= e.circle {
		reduced.circle = nil
	}
	for _, typ := range p.types {
		if typ.methods > e.methods[typ.name] {
			reduced.types = append(reduced.types, typ)
		}
	}
	return reduced.divided()
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
	if got := p.divided(); len(got) > 0 {
		t.Error("a small package may be a circle:", got)
	}
	p.circle = []string{"a", "b", "c"}
	for _, test := range []struct {
		files   int
		exceeds bool
	}{{6, true}, {8, true}, {9, false}} {
		if p.files = test.files; (len(p.divided()) > 0) != test.exceeds {
			t.Errorf("a circle of 3 of %d files: %v", test.files, p.divided())
		}
	}
	p.types = []namedType{{"large", mostMethods + 1}, {"even", mostMethods}}
	if got := p.divided(); len(got) != 1 {
		t.Error(got)
	}
	if got := p.exceeding(exception{methods: map[string]int{"large": mostMethods + 1}}); len(got) > 0 {
		t.Error(got)
	}
}
