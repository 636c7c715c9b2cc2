package compile

import (
	"slices"

	"sem.example/internal/parallel"
)

// every builds what has a name, on all cores, and returns it in the order of the names. What comes to nothing is left
// out.
func every[M any](names []string, build func(name string) *M) []*M {
	built := make([]*M, len(names))
	parallel.Each(len(names), func(i int) { built[i] = build(names[i]) })
	return slices.DeleteFunc(built, func(m *M) bool { return m == nil })
}
