package main

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"

	"sem.example/internal/structure/typecheck"
)

// measured is what was found out about a package.
type measured struct {
	name   string // its path in the module
	files  int
	circle []string    // the files of its largest circle, sorted; empty where there is none
	types  []namedType // the most methods first
}

type namedType struct {
	name    string
	methods int
}

// The limits. A package of a few files is read as a whole.
const (
	smallPackage = 6
	mostMethods  = 40
)

// exceeding returns what exceeds the limits, one line each.
func (p *measured) exceeding() []string {
	var out []string
	if p.files >= smallPackage && len(p.circle)*3 > p.files {
		out = append(out, fmt.Sprintf("%d of %d files form a circle, more than a third", len(p.circle), p.files))
	}
	for _, t := range p.types {
		if t.methods > mostMethods {
			out = append(out, fmt.Sprintf("type %s has %d methods, more than %d", t.name, t.methods, mostMethods))
		}
	}
	return out
}

// uses returns, for each file of a package, the others whose package-level names or methods it uses.
func uses(p typecheck.Package) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	file := func(at token.Pos) string { return filepath.Base(p.Files.File(at).Name()) }
	for id, object := range p.Uses {
		if object.Pkg() != p.Types || object.Parent() != p.Types.Scope() && !isMethod(object) {
			continue
		}
		if from, to := file(id.Pos()), file(object.Pos()); from != to {
			if out[from] == nil {
				out[from] = map[string]bool{}
			}
			out[from][to] = true
		}
	}
	return out
}

func isMethod(object types.Object) bool {
	f, ok := object.(*types.Func)
	return ok && f.Signature().Recv() != nil
}

// methodCounts counts the methods that each type of a package declares.
func methodCounts(pkg *types.Package) []namedType {
	var out []namedType
	for _, name := range pkg.Scope().Names() {
		declared, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || declared.IsAlias() {
			continue
		}
		if t, ok := declared.Type().(*types.Named); ok && t.NumMethods() > 0 {
			out = append(out, namedType{name, t.NumMethods()})
		}
	}
	slices.SortStableFunc(out, func(a, b namedType) int { return cmp.Compare(b.methods, a.methods) })
	return out
}

// largestCircle returns the most files that all lead to each other, sorted; none where no two do.
func largestCircle(uses map[string]map[string]bool) []string {
	s := search{uses: uses, index: map[string]int{}, low: map[string]int{}, open: map[string]bool{}}
	for _, file := range slices.Sorted(maps.Keys(uses)) {
		if s.index[file] == 0 {
			s.visit(file)
		}
	}
	slices.Sort(s.largest)
	return s.largest
}

// A search finds strongly connected components in the way of Tarjan.
type search struct {
	uses       map[string]map[string]bool
	index, low map[string]int // from 1
	stack      []string
	open       map[string]bool // on the stack
	largest    []string
}

func (s *search) visit(file string) {
	s.index[file] = len(s.index) + 1
	s.low[file] = s.index[file]
	s.stack = append(s.stack, file)
	s.open[file] = true
	for _, next := range slices.Sorted(maps.Keys(s.uses[file])) {
		if s.index[next] == 0 {
			s.visit(next)
			s.low[file] = min(s.low[file], s.low[next])
		} else if s.open[next] {
			s.low[file] = min(s.low[file], s.index[next])
		}
	}
	if s.low[file] == s.index[file] {
		s.close(file)
	}
}

// close takes a component off the stack.
func (s *search) close(first string) {
	at := slices.Index(s.stack, first)
	component := slices.Clone(s.stack[at:])
	s.stack = s.stack[:at]
	for _, file := range component {
		s.open[file] = false
	}
	if len(component) > 1 && len(component) > len(s.largest) {
		s.largest = component
	}
}
