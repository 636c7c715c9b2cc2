package compile

import (
	"slices"
	"sync"

	"sem.example/internal/parallel"
)

// A memo remembers what was built under a key. Each key is built once, even when several goroutines ask at the same
// time; a build may ask the memo for other keys, never for its own. The zero memo is ready to use.
type memo[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]*entry[V]
}

// A lazy value is built when it is first asked for. The zero one is ready to use.
type lazy[V any] struct {
	once  sync.Once
	value V
}

func (l *lazy[V]) get(build func() V) V {
	l.once.Do(func() { l.value = build() })
	return l.value
}

type entry[V any] struct {
	once  sync.Once
	value V
}

func (m *memo[K, V]) get(key K, build func() V) V {
	m.mu.Lock()
	e := m.entries[key]
	if e == nil {
		if m.entries == nil {
			m.entries = map[K]*entry[V]{}
		}
		e = &entry[V]{}
		m.entries[key] = e
	}
	m.mu.Unlock()
	e.once.Do(func() { e.value = build() })
	return e.value
}

// every builds what has a name, on all cores, and returns it in the order of the names. What comes to nothing is left
// out.
func every[M any](names []string, build func(name string) *M) []*M {
	built := make([]*M, len(names))
	parallel.Each(len(names), func(i int) { built[i] = build(names[i]) })
	return slices.DeleteFunc(built, func(m *M) bool { return m == nil })
}
