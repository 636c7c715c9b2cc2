package compile

import (
	"slices"

	once "sem.example/internal/lazy"
	"sem.example/internal/parallel"
)

// A memo is a [lazy.Map].
type memo[K comparable, V any] struct{ once.Map[K, V] }

func (m *memo[K, V]) get(key K, build func() V) V { return m.Get(key, build) }

// A lazy value is a [lazy.Value].
type lazy[V any] struct{ once.Value[V] }

func (l *lazy[V]) get(build func() V) V { return l.Get(build) }

// every builds what has a name, on all cores, and returns it in the order of the names. What comes to nothing is left
// out.
func every[M any](names []string, build func(name string) *M) []*M {
	built := make([]*M, len(names))
	parallel.Each(len(names), func(i int) { built[i] = build(names[i]) })
	return slices.DeleteFunc(built, func(m *M) bool { return m == nil })
}
